import Encoding
import TestSupport
import Testing

/// Uses an installation whose registry has gates, and no reports, settlements or changes of their keys.
@Suite("The state of the version before gates reported")
struct StateBeforeReportsTests {
    private let earlier: EarlierInstallation

    init() throws {
        earlier = try EarlierInstallation("before-reports")
    }

    @Test("lists the gates as that version did, keeps every row, and has the newest schema")
    func kept() throws {
        let before = try earlier.rows()
        let listed = try earlier.lines("gates.jsonl")
        let statuses = listed.compactMap { $0["status"]?.string }
        #expect(Set(statuses) == ["active", "suspended", "revoked"] && listed.count == 3)
        let gates = try earlier.suishen(["gate", "list"])
        #expect(gates.count == listed.count)
        for (gate, old) in zip(gates, listed) {
            for member in old.object?.members ?? [] {
                #expect(gate[member.key] == member.value, "\(member.key)")
            }
            #expect(gate["report"] == nil)
        }
        #expect(try earlier.keepsTrail())
        let after = try earlier.rows()
        #expect(EarlierInstallation.lostRows(before, after) == [])
        for step in ["gates 1", "gates 2", "settlements 1", "gate keys 1"] {
            let line = "grdb_migrations ('\(step)',)"
            #expect(after.contains(line) && before.contains(line) == (step == "gates 1"), "\(step)")
        }
    }

    @Test("goes on: gates that are silent are found, get keys, and get another receiving key")
    func goesOn() throws {
        let found = try earlier.suishen(["gate", "list", "--stale", "30m"])
        #expect(found.count == 2 && found.allSatisfy { $0["findings"] == ["stale"] }, "\(found)")
        let active = try #require(found.first { $0["status"] == "active" }?["gate"]?.string)
        func shown(_ member: String) throws -> JSONValue {
            try #require(try earlier.suishen(["gate", "show", active]).first?[member])
        }
        let (time, fingerprint) = (try #require(shown("keysIssuedAt").integer), try shown("fingerprint"))
        _ = try earlier.suishen(["gate", "keys", active, "--out", earlier.folder("keys")])
        #expect(try #require(shown("keysIssuedAt").integer) > time)
        let clock = try SetClock(at: earlier.time)
        let renewal = try Program(path: "/usr/bin/env").run(
            Array(clock.words.dropFirst()) + [Program("verify").path, "renew-key", "--state", earlier.folder("gate")])
        try #require(renewal.status == 0, "\(renewal.diagnostics)")
        let request = try earlier.folder.write(Array(renewal.output.utf8), to: "rekey.json")
        let answer = try #require(try earlier.suishen(["gate", "rekey", request]).first?["fingerprint"])
        #expect(try shown("fingerprint") == answer && answer != fingerprint)
    }
}
