import Encoding
import Glibc
import TestSupport
import Testing

@Suite("An issuer's export, at a gate")
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

    @Test("decides after its expiry for as long as the scene's policy says")
    func grace() throws {
        let text = try issue([try run.object()])
        try export(to: "gate", at: Self.start, ["--lifetime", "60"])
        let fresh = try code(text, "object-inspection", "gate", at: Self.start + 59)
        #expect(fresh["code"] == "ok" && fresh["warnings"] == ["root_unpinned"])
        let stale = try code(text, "object-inspection", "gate", at: Self.start + 60 + 7 * Self.day - 1)
        #expect(stale["code"] == "ok" && stale["warnings"] == ["bundle_stale", "root_unpinned"])
        let ended = try code(text, "object-inspection", "gate", at: Self.start + 60 + 7 * Self.day)
        #expect(ended["code"] == "bundle_expired")
    }

    @Test("refuses a list that is older than its bundle")
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

    @Test("accepts each day's code of a strip on its own day, whatever was shown of the others")
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

    @Test("accepts coordinates south and west without an extra sign")
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

    @Test("opens only its own domain's seal, and decides nothing when one of its keys is lost")
    func domains() throws {
        let person = try run.subject([
            "person", "register", "--resident-id", "11010519491231002X", "--medical", Self.medical, "--transit",
            Self.transit,
        ])
        let text = try issue([person, "--kind", "timed"])
        func verdict(_ scene: String, _ bundle: String) throws -> (
            code: String?, fused: JSONValue?, warnings: JSONValue?
        ) {
            let verdict = try code(text, scene, bundle, at: Self.start)
            unsafe system("rm -rf \(run.folder(bundle))/state")
            return (verdict["code"]?.string, verdict["fused"], verdict["warnings"])
        }
        for domain in ["medical", "transit"] { try export(to: domain, at: Self.start, ["--domain", domain]) }
        try export(to: "none", at: Self.start)
        let ride = try verdict("metro-gate", "transit")
        #expect(ride.code == "ok" && ride.warnings == ["root_unpinned"])
        #expect(ride.fused == ["transit": ["id": .string(Self.transit), "source": "suishen"]])
        let visit = try verdict("hospital", "medical")
        #expect(visit.code == "ok" && visit.fused == ["medical": ["id": .string(Self.medical), "source": "suishen"]])
        // A hospital admits everybody; a turnstile with another domain's bundle, or without its keys, admits nobody.
        let blind = try verdict("hospital", "transit")
        #expect(blind.code == "ok" && blind.fused == nil && blind.warnings == ["domain_closed", "root_unpinned"])
        #expect(try verdict("metro-gate", "medical").code == "bundle_unreadable")
        unsafe unlink(run.folder("transit/epoch-keys.cbor"))
        #expect(try verdict("metro-gate", "transit").code == "bundle_unreadable")
        let closed = try verdict("metro-gate", "none")
        #expect(closed.code == "bundle_unreadable" && closed.fused == nil)
        let visitor = try verdict("hospital", "none")
        #expect(visitor.code == "ok" && visitor.fused == nil && visitor.warnings == ["domain_closed", "root_unpinned"])
    }

    private static let medical = "0102030405060708090a0b0c"
    private static let transit = "89abcdef0123456789abcdef"
}
