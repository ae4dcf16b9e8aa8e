import Encoding
import TestSupport
import Testing

@Suite("What an issuer exports, at a gate")
struct IssuerToGateTests {
    private static let start: UInt64 = 1_790_000_000
    private static let day: UInt64 = 86_400

    private let run: SuishenRun

    init() throws {
        run = try SuishenRun(at: Self.start)
    }

    private func export(to folder: String, at time: UInt64, _ words: [String] = []) throws {
        try run.answer(["bundle", "export", "--out", run.folder(folder), "--at", "\(time)"] + words)
    }

    private func code(_ text: String, _ scene: String, _ bundle: String, at time: UInt64) throws -> JSONValue {
        let outcome = try Program("verify").run([
            "--bundle", run.folder(bundle), "--scene", scene, "--text", text, "--at", "\(time)",
        ])
        return try JSONValue.parse(Array(outcome.output.utf8), byteCountMax: 1 << 16)
    }

    private func issue(_ words: [String], at time: UInt64 = start) throws -> String {
        try #require(try run.answer(["issue"] + words + ["--at", "\(time)"])["text"]?.string)
    }

    @Test("decides for as long after its expiry as the scene's policy says")
    func grace() throws {
        let text = try issue([try run.object()])
        try export(to: "gate", at: Self.start, ["--lifetime", "60"])
        let fresh = try code(text, "object-inspection", "gate", at: Self.start + 59)
        #expect(fresh["code"] == "ok" && fresh["warnings"] == [])
        let stale = try code(text, "object-inspection", "gate", at: Self.start + 60 + 7 * Self.day - 1)
        #expect(stale["code"] == "ok" && stale["warnings"] == ["bundle_stale"])
        let ended = try code(text, "object-inspection", "gate", at: Self.start + 60 + 7 * Self.day)
        #expect(ended["code"] == "bundle_expired")
    }

    @Test("decides on no list that is older than its bundle")
    func listRollback() throws {
        let object = try run.object()
        let text = try issue([object])
        try export(to: "gate", at: Self.start)
        try export(to: "old", at: Self.start)
        try run.answer(["revoke", object, "--at", "\(Self.start + 5)"])
        try export(to: "gate", at: Self.start + 10)
        let list = "status/SH-object-lasting.cwt"
        #expect(try code(text, "object-inspection", "gate", at: Self.start + 10)["code"] == "revoked")
        try run.folder.write(ProjectFiles.bytes(run.folder("old/\(list)")), to: "gate/\(list)")
        #expect(try code(text, "object-inspection", "gate", at: Self.start + 11)["code"] == "status_unknown")
    }

    @Test("takes each day of a strip in its own day, whatever was shown of the others")
    func strip() throws {
        let person = try run.person()
        let anchors = try ["first", "second"].map { name in
            try #require(try run.answer(["device", "chain", "--out", run.folder(name)])["anchor"]?.string)
        }
        let order = ["issue", person, "--anchor", anchors[0], "--anchor", anchors[1], "--at", "\(Self.start)"]
        let outcome = try run.run(order)
        #expect(outcome.status == 0, "\(outcome.diagnostics)")
        let texts = try outcome.output.split(separator: "\n").map { line in
            try #require(try JSONValue.parse(Array(line.utf8), byteCountMax: 4096)["text"]?.string)
        }
        try export(to: "gate", at: Self.start)
        let tomorrow = Self.start + Self.day
        let shown = try run.answer([
            "present", "--credential", texts[1], "--seed", run.folder("second"), "--at", "\(tomorrow)",
        ])
        let text = try #require(shown["text"]?.string)
        #expect(try code(text, "park", "gate", at: tomorrow - 16)["code"] == "not_yet_valid")
        #expect(try code(text, "park", "gate", at: tomorrow)["code"] == "ok")
        let crossed = ["present", "--credential", texts[1], "--seed", run.folder("first"), "--at", "\(tomorrow)"]
        #expect(try run.isRefused(crossed, code: "key_mismatch"))
    }

    @Test("takes coordinates south and west without a further sign")
    func negativeDegrees() throws {
        let place = try run.subject([
            "object", "register", "--kind", "place", "--manager", SuishenRun.uscc, "--category", "park", "--latitude",
            "-33.856784", "--longitude", "-151.2",
        ])
        try export(to: "gate", at: Self.start)
        let location = try code(try issue([place]), "place-checkin", "gate", at: Self.start)["object"]?["location"]
        #expect(location?["latitude"]?.number == -33.856784)
        #expect(location?["longitude"]?.number == -151.2)
    }
}
