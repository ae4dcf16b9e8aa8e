import Encoding
import TestSupport
import Testing

@Suite("verify decode")
struct DecodeCommandTests {
    private let person = "SP1:" + String(repeating: "A1", count: 60)

    private func decode(_ board: Board, _ options: String...) throws -> Program.Outcome {
        let folder = try ScratchFolder()
        defer { withExtendedLifetime(folder) {} }
        return try Program("verify").run(["decode", "--budget", "60000"] + options + [board.picture(in: folder)])
    }

    private func damagedBesideTwo() throws -> Board {
        var board = Board(side: 900)
        try board.draw("ONE", left: 40, top: 40, modulePixels: 5)
        try board.draw("TWO", left: 400, top: 40, modulePixels: 3)
        try board.draw(person, left: 300, top: 400, modulePixels: 6, isDamaged: true)
        return board
    }

    @Test("gives every code, and warns of one that is seen and not read")
    func warns() throws {
        let outcome = try decode(damagedBesideTwo())
        #expect(Set(outcome.output.split(separator: "\n")) == ["ONE", "TWO"] && outcome.status == 0)
        #expect(outcome.diagnostics.contains("another code is seen and cannot be read [unreadable]"))
    }

    @Test("gives the corners of what it read and of what it only saw")
    func corners() throws {
        let lines = try decode(damagedBesideTwo(), "--json").output.split(separator: "\n").map {
            try JSONValue.parse(Array($0.utf8), byteCountMax: 1 << 16)
        }
        #expect(lines.count == 3 && Set(lines.compactMap { $0["text"]?.string }) == ["ONE", "TWO"])
        let unread = try #require(lines.last?["unread"]?.array?.first?.array)
        let upperLeft = unread.first?.array?.compactMap(\.integer) ?? []
        #expect(unread.count == 4 && upperLeft.count == 2)
        #expect(zip(upperLeft, [300, 400]).allSatisfy { abs($0 - $1) < 12 }, "\(upperLeft)")
    }

    @Test("names a code that is there alone and cannot be read, with its place")
    func alone() throws {
        var board = Board(side: 500)
        try board.draw(person, left: 60, top: 60, modulePixels: 6, isDamaged: true)
        let outcome = try decode(board, "--json")
        #expect(outcome.status == 2 && outcome.diagnostics.contains("[unreadable]"))
        #expect(outcome.output.contains(#""unread":[[["#))
    }
}

@Suite("A damaged picture at a gate")
struct DamagedPictureTests {
    @Test("is decided on by what it shows, with a warning; without its code it is undecided")
    func cut() throws {
        let gate = try VerifyGate()
        defer { gate.remove() }
        let folder = try ScratchFolder()
        defer { withExtendedLifetime(folder) {} }
        var board = Board(side: 900)
        try board.draw(gate.shown(gate.person(identifiers: [:])), left: 60, top: 60, modulePixels: 5)
        for line in 0..<40 { try board.draw("\(line)", left: 20 + line * 21, top: 500 + line, modulePixels: 1) }
        let whole = try ProjectFiles.bytes(board.picture(in: folder))
        let words = "--bundle \(gate.folder) --scene library --at \(VerifyGate.now)"
        let cut = try folder.write(Array(whole.dropLast(60)), to: "cut.png")
        let run = try VerifyRun("\(words) \(cut)")
        #expect(run.code == "ok" && run.lines.first?["warnings"]?.array?.contains("image_damaged") == true)
        let head = try folder.write(Array(whole.prefix(whole.count / 6)), to: "head.png")
        let undecided = try VerifyRun("\(words) \(head)")
        #expect(undecided.status == 2)
        #expect(undecided.lines.first?["warnings"]?.array?.contains("image_damaged") == true)
    }
}
