import Testing

@testable import TraceLog

@Suite("A source's pace")
struct SourcePaceTests {
    @Test("holds up for ten million entries over a slow line, and ends one that drips")
    func pace() {
        var slow = SourcePace()
        // A tile and a bundle of 256 entries each, at 50 KB/s and 300 ms of round trip.
        for _ in 0..<39_063 {
            #expect(
                slow.note(byteCount: 8192, milliseconds: 300 + 160) && slow.note(byteCount: 77_000, milliseconds: 1840))
        }
        var dripping = SourcePace()
        let count = (1...).first { _ in !dripping.note(byteCount: 8192, milliseconds: 29_000) }
        #expect((count ?? .max) <= 3)
    }
}
