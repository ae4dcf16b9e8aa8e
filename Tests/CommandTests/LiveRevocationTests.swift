import Encoding
import Glibc
import TestSupport
import Testing

@Suite("A running gate whose issuer revokes")
struct LiveRevocationTests {
    private static let start: UInt64 = 1_790_000_000

    private let run: SuishenRun

    init() throws {
        run = try SuishenRun(at: Self.start)
    }

    private func export(at time: UInt64) throws {
        try run.answer(["bundle", "export", "--out", run.folder("gate"), "--at", "\(time)"])
    }

    private func text(of subject: String) throws -> String {
        try #require(try run.answer(["issue", subject, "--at", "\(Self.start)"])["text"]?.string)
    }

    private func start(_ scene: String, _ words: [String]) throws -> PipedProgram {
        try PipedProgram(
            "verify", ["--bundle", run.folder("gate"), "--scene", scene, "--at", "\(Self.start + 60)"] + words)
    }

    private func code(_ line: [UInt8]) throws -> String? {
        try JSONValue.parse(line, byteCountMax: 1 << 16)["code"]?.string
    }

    /// Asks until the wanted answer, as long as a busy machine may take; returns the earlier answers and the last one.
    private func answers(
        until code: String, countMax: Int = 600, _ ask: () throws -> String?
    ) throws -> (before: Set<String?>, last: String?) {
        var before: Set<String?> = []
        for _ in 0..<countMax {
            let answer = try ask()
            if answer == code { return (before, answer) }
            before.insert(answer)
            usleep(50_000)
        }
        return (before, nil)
    }

    @Test("learns of it between two lines of a stream, and still accepts the other codes")
    func stream() throws {
        let (object, other) = (try run.object(), try run.object())
        let (revoked, good) = (try text(of: object), try text(of: other))
        try export(at: Self.start)
        let stream = try start("object-inspection", ["--stream"])
        let ask = { (text: String) in
            try stream.write(Array((text + "\n").utf8))
            return try code(stream.readLine())
        }
        #expect(try ask(revoked) == "ok")
        try run.answer(["revoke", object, "--at", "\(Self.start + 5)"])
        try export(at: Self.start + 10)
        let answers = try answers(until: "revoked") { try ask(revoked) }
        #expect(answers.before.isSubset(of: ["ok"]) && answers.last == "revoked")
        #expect(try ask(good) == "ok")
        #expect(stream.finish() == 1)
        #expect(try stream.diagnostics() == "")
    }

    @Test("learns of it between two frames of a film, and still accepts the other codes")
    func frames() throws {
        let enterprise = try run.enterprise()
        let (revoked, good) = (try text(of: enterprise), try text(of: try run.place()))
        try export(at: Self.start)
        let film = try start("enterprise-inspection", ["--frames", "\(Film.width)x\(Film.height)"])
        var showing = Film()
        try showing.show([revoked])
        try showing.show([], frameCount: 20)
        let ask = {
            try film.write(showing.bytes)
            return try code(film.readLine())
        }
        #expect(try ask() == "ok")
        try run.answer(["revoke", enterprise, "--at", "\(Self.start + 5)"])
        try export(at: Self.start + 10)
        let answers = try answers(until: "revoked", countMax: 100, ask)
        #expect(answers.before.isSubset(of: ["ok"]) && answers.last == "revoked")
        var other = Film()
        try other.show([good])
        try film.write(other.bytes)
        #expect(try code(film.readLine()) == "wrong_form")
        _ = film.finish()
        #expect(try film.diagnostics() == "")
    }

    @Test("remembers showings across generations")
    func replays() throws {
        let gate = try VerifyGate(version: 5)
        defer { gate.remove() }
        let text = try gate.shown(gate.person())
        let stream = try PipedProgram(
            "verify",
            ["--bundle", gate.folder, "--scene", "metro-gate", "--at", "\(VerifyGate.now)", "--stream"])
        let ask = { (text: String) in
            try stream.write(Array((text + "\n").utf8))
            return try JSONValue.parse(stream.readLine(), byteCountMax: 1 << 16)
        }
        #expect(try ask(text)["code"] == "ok")
        try gate.export(version: 6)
        let answers = try answers(until: "6") { try ask(text)["trust"]?["bundleVersion"]?.integer.map(String.init) }
        #expect(answers.last == "6")
        #expect(try ask(text)["code"] == "replayed")
        #expect(try ask(gate.shown(gate.person()))["code"] == "ok")
        #expect(stream.finish() == 1)
    }
}
