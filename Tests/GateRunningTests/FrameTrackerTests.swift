import QRDrawing
import QRReading
import QRStandard
import Testing

@testable import GateRunning

@Suite("A film of codes")
struct FrameTrackerTests {
    private let code: [UInt8] = [1]
    private let other: [UInt8] = [2]

    @Test("reports a code once while it stays, even if frames fail")
    func reportsOnce() {
        var tracker = FrameTracker(absentFrameCount: 3)
        let film = [[], [code], [code], [], [], [code], [code, other], [other]]
        #expect(film.map { tracker.newCodes($0) } == [[], [[1]], [], [], [], [], [[2]], []])
    }

    @Test("reports it again after it has left")
    func reportsAgain() {
        var tracker = FrameTracker(absentFrameCount: 3)
        let film = [[code], [], [], [], [], [code]]
        #expect(film.map { tracker.newCodes($0).count } == [1, 0, 0, 0, 0, 1])
    }

    @Test("says beforehand which codes the next frame would show as new")
    func foretold() {
        var tracker = FrameTracker(absentFrameCount: 3)
        for film in [[code], [], [], [code, other], [], [], [], [code], [other], [], [code]] {
            let foretold = film.filter(tracker.isNew)
            #expect(tracker.newCodes(film) == foretold)
        }
    }

    @Test("shows each of our own codes as it passes, through noise")
    func readsFilm() throws {
        var tracker = FrameTracker(absentFrameCount: 2)
        var scanner = Scanner()
        var seen: [String] = []
        for (text, position) in [("FIRST", 0), ("FIRST", 5), ("", 0), ("SECOND", 9), ("SECOND", 3), ("FIRST", 2)] {
            let frame = try Self.frame(text, position: position)
            let codes = text.isEmpty ? [] : scanner.scan(frame).codes.map(\.bytes)
            seen += tracker.newCodes(codes).map { String(decoding: $0, as: UTF8.self) }
        }
        #expect(seen == ["FIRST", "SECOND", "FIRST"])
    }

    private static func frame(_ text: String, position: Int) throws -> GreyImage {
        var pixels = (0..<(160 * 160)).map { UInt8(200 + $0 * 7 % 41) }
        if !text.isEmpty {
            let symbol = try QRSymbol.encode(text)
            for row in 0..<(symbol.size * 4) {
                for column in 0..<(symbol.size * 4) where symbol.isDark(row: row / 4, column: column / 4) {
                    pixels[(row + 20 + position) * 160 + column + 20 + position] = 40
                }
            }
        }
        return try #require(GreyImage(width: 160, height: 160, pixels: pixels))
    }
}
