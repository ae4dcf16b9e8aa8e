import Encoding
import Gate
import TestSupport
import Testing

@Suite("Another code in view of a gate")
struct SecondCodeTests {
    /// The verdict of a gate for persons on one picture.
    private func run(_ board: Board, _ gate: VerifyGate) throws -> VerifyRun {
        let folder = try ScratchFolder()
        defer { withExtendedLifetime(folder) {} }
        let picture = try board.picture(in: folder)
        return try VerifyRun("--bundle \(gate.folder) --scene library --at \(VerifyGate.now) \(picture)")
    }

    private func code(_ gate: VerifyGate) throws -> String { try gate.shown(gate.person(identifiers: [:])) }

    @Test("keeps it closed when it is small in a large picture and another holder's")
    func smallInLarge() throws {
        let gate = try VerifyGate()
        defer { gate.remove() }
        var board = Board(side: 2_400)
        try board.draw(code(gate), left: 100, top: 100, modulePixels: 18)
        try board.draw(code(gate), left: 2_000, top: 2_100, modulePixels: 2)
        #expect(try run(board, gate).code == "holder_mismatch")
    }

    @Test("keeps it undecided when a person code is damaged, large or tiny", arguments: [6, 2])
    func damaged(modulePixels: Int) throws {
        let gate = try VerifyGate()
        defer { gate.remove() }
        var board = Board(side: 1_000)
        try board.draw(code(gate), left: 60, top: 60, modulePixels: 6)
        try board.draw(code(gate), left: 520, top: 560, modulePixels: modulePixels, isDamaged: true)
        let run = try run(board, gate)
        #expect(run.code == "unreadable" && run.status == 2)
        #expect(run.lines.first?["hint"]?.string?.contains("code") == true)
    }

    @Test("keeps it undecided when a damaged code stands beside a poster alone")
    func damagedBesidePoster() throws {
        let gate = try VerifyGate()
        defer { gate.remove() }
        var board = Board(side: 800)
        try board.draw("https://www.example.cn/menu", left: 60, top: 60, modulePixels: 6)
        try board.draw(code(gate), left: 300, top: 300, modulePixels: 6, isDamaged: true)
        #expect(try run(board, gate).code == "unreadable")
    }

    @Test("does not use up the showing that it keeps out")
    func keepsShowing() throws {
        let gate = try VerifyGate()
        defer { gate.remove() }
        let shown = try code(gate)
        var board = Board(side: 1_000)
        try board.draw(shown, left: 60, top: 60, modulePixels: 6)
        var alone = board
        try board.draw(code(gate), left: 520, top: 560, modulePixels: 6, isDamaged: true)
        #expect(try run(board, gate).code == "unreadable")
        #expect(try run(alone, gate).code == "ok")
        try alone.draw(shown, left: 520, top: 560, modulePixels: 4)
        #expect(try run(alone, gate).code == "replayed", "the same code twice is one code")
    }

    @Test("leaves it open among 200 stickers, also when these are damaged")
    func stickers() throws {
        let gate = try VerifyGate()
        defer { gate.remove() }
        var board = Board(side: 1_300)
        try board.drawStickers()
        try board.draw(code(gate), left: 500, top: 700, modulePixels: 5)
        let run = try run(board, gate)
        #expect(run.code == "ok", "\(run.lines)")
    }

    @Test("is found among 200 stickers, whether it is damaged or another holder's", arguments: [true, false])
    func amongStickers(isDamaged: Bool) throws {
        let gate = try VerifyGate()
        defer { gate.remove() }
        var board = Board(side: 1_300)
        try board.drawStickers()
        try board.draw(code(gate), left: 700, top: 700, modulePixels: 5)
        try board.draw(code(gate), left: 100, top: 900, modulePixels: 3, isDamaged: isDamaged)
        let run = try run(board, gate)
        #expect(run.code == (isDamaged ? "unreadable" : "holder_mismatch"), "\(run.lines)")
    }

    @Test("leaves it open when it is of no version that person codes have, or a Micro QR code")
    func otherVersions() throws {
        let gate = try VerifyGate()
        defer { gate.remove() }
        var board = Board(side: 1_200)
        try board.draw(code(gate), left: 60, top: 60, modulePixels: 6)
        for (place, byteCount) in [20, 60, 100, 150].enumerated() {
            let text = String(repeating: "a", count: byteCount)
            try board.draw(text, left: 40 + place * 290, top: 520, modulePixels: 5, isDamaged: true)
        }
        try board.draw(String(repeating: "a", count: 400), left: 40, top: 800, modulePixels: 4, isDamaged: true)
        board.drawMicro(left: 700, top: 900, modulePixels: 6)
        #expect(try run(board, gate).code == "ok")
    }

    private func film(_ film: Film, _ gate: VerifyGate) throws -> [String?] {
        let words = ["--bundle", gate.folder, "--scene", "library", "--at", "\(VerifyGate.now)"]
        let outcome = try Program("verify").run(words + ["--frames", Film.size], input: film.bytes)
        return try outcome.output.split(separator: "\n").map {
            try JSONValue.parse(Array($0.utf8), byteCountMax: 1 << 20)["code"]?.string
        }
    }

    @Test("keeps a film's gate undecided once, and the gate decides when the other code has left")
    func filmDecidesLater() throws {
        let gate = try VerifyGate()
        defer { gate.remove() }
        let (one, other) = (try code(gate), try code(gate))
        var film = Film()
        try film.show([one, other], frameCount: 12, damaged: [1])
        try film.show([one], frameCount: 8)
        let codes = try self.film(film, gate)
        #expect(codes == ["unreadable", "ok"])
    }

    @Test("leaves a film's gate open when it has not moved for ten seconds, with a warning")
    func filmBackground() throws {
        let gate = try VerifyGate()
        defer { gate.remove() }
        let folder = try ScratchFolder()
        let (one, other) = (try code(gate), try code(gate))
        var (still, both) = (Film(), Film())
        try still.showUnmoved(["", other], damaged: [1])
        try both.showUnmoved([one, other], damaged: [1])
        let paths = (
            try folder.write(still.bytes, to: "still"), try folder.write(both.bytes, to: "both")
        )
        // One frame in four is searched.
        let script = """
            { for round in {1..24}; do for frame in 1 2 3 4; do cat \(paths.0); done; sleep 0.5; done; cat \(paths.1); } \\
                | "$0" "$@"
            """
        let words = ["--bundle", gate.folder, "--scene", "library", "--at", "\(VerifyGate.now)"]
        let outcome = try Program("verify").run(
            words + ["--frames", Film.size], script: "exec timeout 100 bash -c '\(script)' \"$0\" \"$@\"")
        let verdict = try JSONValue.parse(Array(outcome.output.utf8.dropLast()), byteCountMax: 1 << 20)
        #expect(verdict["code"]?.string == "ok", "\(outcome.output)")
        #expect(verdict["warnings"] == ["root_unpinned", .string(Verifier.backgroundWarning)])
    }

    @Test("of another holder who stands far away keeps a film's gate closed in every frame")
    func filmFarHolder() throws {
        let gate = try VerifyGate()
        defer { gate.remove() }
        let (near, far) = (try code(gate), try code(gate))
        var film = Film()
        try film.show([near, far], frameCount: 12, farAway: [1])
        let codes = try self.film(film, gate)
        #expect(!codes.isEmpty && !codes.contains("ok"), "\(codes)")
    }
}
