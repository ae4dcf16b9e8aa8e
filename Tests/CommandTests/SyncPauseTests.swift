import Testing

@testable import verify

@Suite("The pause between two fetches")
struct SyncPauseTests {
    @Test("is within a tenth of the given one")
    func jitter() {
        let loop = SyncLoop(milliseconds: 60_000)
        #expect(loop.pauseMilliseconds(afterFailures: 0, random: 0) == 54_000)
        #expect(loop.pauseMilliseconds(afterFailures: 0, random: 0.5) == 60_000)
        #expect(loop.pauseMilliseconds(afterFailures: 0, random: 1) == 66_000)
    }

    @Test("doubles with each failure, up to 300 seconds or the given pause")
    func backoff() {
        func pauses(_ seconds: Int) -> [Int] {
            [0, 1, 2, 3, 20, 1_000_000].map {
                SyncLoop(milliseconds: seconds * 1000).pauseMilliseconds(afterFailures: $0, random: 0.5) / 1000
            }
        }
        #expect(pauses(60) == [60, 120, 240, 300, 300, 300])
        #expect(pauses(1) == [1, 2, 4, 8, 300, 300])
        #expect(pauses(3600) == [3600, 3600, 3600, 3600, 3600, 3600])
        #expect(pauses(86_400).last == 86_400)
    }
}
