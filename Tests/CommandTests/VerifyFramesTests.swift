import Credential
import Encoding
import Gate
import GateRunning
import QRDrawing
import QRReading
import TestSupport
import Testing

@Suite("The command verify before a camera")
struct VerifyFramesTests {
    private func run(_ film: Film, _ gate: VerifyGate, scene: String) throws -> (codes: [String?], status: Int32) {
        let outcome = try Program("verify").run(
            [
                "--bundle", gate.folder, "--scene", scene, "--at", "\(VerifyGate.now)", "--frames",
                "\(Film.width)x\(Film.height)",
            ], input: film.bytes)
        let lines = try outcome.output.utf8.split(separator: UInt8(ascii: "\n")).map {
            try JSONValue.parse(Array($0), byteCountMax: 1 << 20)
        }
        return (lines.map { $0["code"]?.string }, outcome.status)
    }

    private func enterprise(_ gate: VerifyGate) throws -> String {
        try CredentialText(bytes: gate.enterprise(), form: .enterprise, host: "qr.example.cn").text
    }

    @Test("decides on a code when it comes into view, and again only after it has left")
    func decidesOnce() throws {
        let gate = try VerifyGate()
        defer { gate.remove() }
        let code = try enterprise(gate)
        var film = Film()
        try film.show([], frameCount: 2)
        try film.show([code], frameCount: 4)
        try film.show([], frameCount: 6)
        try film.show([code])
        try film.show(["HTTPS://EXAMPLE.CN/OTHER"])
        #expect(try run(film, gate, scene: "enterprise-inspection") == (["ok", "malformed"], 1))
        try film.show([], frameCount: FrameTracker.absentFrameCountDefault)
        try film.show([code])
        let (codes, status) = try run(film, gate, scene: "enterprise-inspection")
        #expect(codes == ["ok", "malformed", "ok"] && status == 1)
    }

    @Test("remembers a showing across the film, and refuses two holders at once")
    func refusesReplaysAndStrangers() throws {
        let gate = try VerifyGate()
        defer { gate.remove() }
        let one = try gate.shown(gate.person())
        var film = Film()
        try film.show([one])
        try film.show([], frameCount: FrameTracker.absentFrameCountDefault)
        try film.show([one])
        #expect(try run(film, gate, scene: "metro-gate") == (["ok", "replayed"], 1))
        film = Film()
        try film.show([try gate.shown(gate.person(identifiers: [:])), try gate.shown(gate.person(identifiers: [:]))])
        let strangers = try run(film, gate, scene: "library")
        #expect(strangers == (["holder_mismatch", "holder_mismatch"], 1))
    }

    @Test("opens once for a phone whose code advances in view, and remembers its showings")
    func opensOncePerPhone() throws {
        let gate = try VerifyGate()
        defer { gate.remove() }
        let text = try gate.person()
        let (first, next) = (try gate.shown(text, time: VerifyGate.now - 10), try gate.shown(text))
        var film = Film()
        try film.show([first])
        try film.show([next])
        #expect(try run(film, gate, scene: "metro-gate") == (["ok"], 0))
        film = Film()
        try film.show([next])
        #expect(try run(film, gate, scene: "metro-gate") == (["replayed"], 1))
    }

    @Test("opens for nobody beside a refused code, as in a picture")
    func refusesBesideARefused() throws {
        let gate = try VerifyGate()
        defer { gate.remove() }
        let revoked = try gate.shown(gate.person(index: VerifyGate.revokedIndex))
        let good = try gate.shown(gate.person())
        var film = Film()
        try film.show([revoked])
        try film.show([revoked, good])
        #expect(try run(film, gate, scene: "metro-gate") == (["revoked", "revoked"], 1))
        // The showing is not used up, because it was not accepted.
        film = Film()
        try film.show([good])
        #expect(try run(film, gate, scene: "metro-gate") == (["ok"], 0))
        film = Film()
        try film.show([try gate.shown(gate.person()), revoked])
        #expect(try run(film, gate, scene: "metro-gate") == (["revoked", "revoked"], 1))
    }

    @Test("refuses two holders, also when the first one's showing is no longer fresh")
    func remembersWhoIsInView() throws {
        let gate = try VerifyGate()
        defer { gate.remove() }
        let directory = try GateDirectory(path: gate.folder)
        let station = Verifier(
            directory: directory, scene: try #require(directory.bundle.scene(named: "park")),
            replay: try ReplayStore(path: "\(gate.folder)/replay"))
        let later = VerifyGate.now + 60
        let (first, second) = (try gate.person(), try gate.person())
        func decide(_ payload: [UInt8], beside others: [Verdict] = [], at now: UInt64) -> [Verdict] {
            station.settle(station.assess([payload], beside: others, at: now), at: now)
        }
        let one = decide(Array(try gate.shown(first).utf8), at: VerifyGate.now)
        #expect(one.map(\.code) == [.ok])
        let other = Array(try gate.shown(second, time: later).utf8)
        #expect(decide(other, beside: one, at: later).map(\.code) == [.refused(.holderMismatch)])
        let same = Array(try gate.shown(first, time: later).utf8)
        #expect(decide(same, beside: one, at: later).map(\.code) == [.ok])
    }

    @Test("decides again on a returning phone, though a poster's code beside it never left")
    func forgetsBesideAPoster() throws {
        let gate = try VerifyGate()
        defer { gate.remove() }
        let text = try gate.person()
        let poster = "WIFI:T:WPA;S:STATION;P:GUEST;;"
        var film = Film()
        try film.show([try gate.shown(text, time: VerifyGate.now - 10), poster])
        try film.show([poster], frameCount: FrameTracker.absentFrameCountDefault)
        try film.show([try gate.shown(text), poster])
        #expect(try run(film, gate, scene: "metro-gate") == (["ok", "ok"], 0))
    }

    @Test("stays closed when nothing comes into view, and when the film is cut off")
    func staysClosed() throws {
        let gate = try VerifyGate()
        defer { gate.remove() }
        var film = Film()
        #expect(try run(film, gate, scene: "enterprise-inspection") == ([], 2))
        try film.show([], frameCount: 3)
        #expect(try run(film, gate, scene: "enterprise-inspection") == ([], 2))
        try film.show([try enterprise(gate)])
        film.cut(Film.width)
        #expect(try run(film, gate, scene: "enterprise-inspection") == (["ok", "input_unreadable"], 2))
    }

    @Test("takes no more memory for a long film than for a short one")
    func keepsMemory() throws {
        let gate = try VerifyGate()
        defer { gate.remove() }
        var film = Film()
        try film.show([try enterprise(gate)], frameCount: 4)
        try film.show([], frameCount: 4)
        // If frames were kept, they would exceed the limit; tools/frames plays ten thousand frames.
        let long = Film(bytes: Array(repeatElement(film.bytes, count: 6).joined()))
        let words = ["--bundle", gate.folder, "--scene", "enterprise-inspection", "--at", "\(VerifyGate.now)"]
        let size = ["--frames", "\(Film.width)x\(Film.height)", "--budget", "0"]
        let outcome = try Program("verify").run(words + size, input: long.bytes, dataKilobytesMax: 12 << 10)
        #expect(outcome.status == 0, "\(outcome.diagnostics)")
        #expect(outcome.output.split(separator: "\n").count == 1)
    }

    @Test(
        "refuses a size that a picture cannot have",
        arguments: ["0x480", "640", "640x", "640x480x1", "-1x5", "70000x2", "40000x40000", "640X480"])
    func refusesSizes(size: String) throws {
        let outcome = try Program("verify").run(["--bundle", ".", "--scene", "bus", "--frames", size])
        #expect(outcome.status == 64)
    }
}
