import Encoding
import Glibc
import TestSupport
import Testing

/// Uses an installation whose registry has gates, and no reports, settlements or changes of their keys.
@Suite("The state of the version before gates reported")
struct StateBeforeReportsTests {
    private let folder: ScratchFolder
    /// Seconds since 1970-01-01T00:00:00Z, an hour after the earlier version last used it.
    private let time: UInt64

    init() throws {
        folder = try ScratchFolder()
        let archive = "\(ProjectFiles.fixtures)/states/before-reports-TEST-ONLY-keys.tar.gz"
        try #require(unsafe system("tar -xzf \(archive) --strip-components=1 --no-same-owner -C \(folder.path)") == 0)
        let text = String(decoding: try ProjectFiles.bytes(folder("time")), as: UTF8.self)
        time = try #require(UInt64(text.prefix { !$0.isNewline })) + 3600
    }

    private static func lines(_ bytes: [UInt8]) throws -> [JSONValue] {
        try bytes.split(separator: UInt8(ascii: "\n")).map { try JSONValue.parse(Array($0), byteCountMax: 1 << 20) }
    }

    private func suishen(_ words: [String]) throws -> [JSONValue] {
        let outcome = try Program("suishen").run(
            words + ["--state", folder("state"), "--at", "\(time)", "--json"])
        try #require(outcome.status == 0, "\(words): \(outcome.diagnostics)")
        return try Self.lines(Array(outcome.output.utf8))
    }

    /// Each row of the earlier version's tables as a line of text, by the columns that it had, without what rises.
    private func rows() throws -> [String] {
        let script = """
            import json, sqlite3, sys
            columns = json.load(open(sys.argv[2]))
            database = sqlite3.connect(sys.argv[1])
            for table, names in sorted(columns.items()):
                for row in database.execute(f"SELECT {', '.join(names)} FROM {table}"):
                    print(table, row)
            """
        let outcome = try Program(path: "/usr/bin/env").run(
            ["python3", "-c", script, folder("state/registry.sqlite"), folder("columns.json")])
        try #require(outcome.status == 0, "\(outcome.diagnostics)")
        return outcome.output.split(separator: "\n").map(String.init)
    }

    @Test("lists the gates as that version did, keeps every row, and has the newest schema")
    func kept() throws {
        let before = try rows()
        let earlier = try Self.lines(ProjectFiles.bytes(folder("gates.jsonl")))
        let statuses = earlier.compactMap { $0["status"]?.string }
        #expect(Set(statuses) == ["active", "suspended", "revoked"] && earlier.count == 3)
        let gates = try suishen(["gate", "list"])
        #expect(gates.count == earlier.count)
        for (gate, old) in zip(gates, earlier) {
            for member in old.object?.members ?? [] {
                #expect(gate[member.key] == member.value, "\(member.key)")
            }
            #expect(gate["report"] == nil)
        }
        let trail = try Self.lines(ProjectFiles.bytes(folder("trail.jsonl")))
        let lines = try suishen(["audit"])
        #expect(!trail.isEmpty && Array(lines.prefix(trail.count)) == trail)
        let after = try rows()
        #expect(Set(before).isSubset(of: after), "\(Set(before).subtracting(after))")
        for step in ["gates 1", "gates 2", "settlements 1", "gate keys 1"] {
            let line = "grdb_migrations ('\(step)',)"
            #expect(after.contains(line) && before.contains(line) == (step == "gates 1"), "\(step)")
        }
    }

    @Test("goes on: gates that are silent are found, get keys, and get another receiving key")
    func goesOn() throws {
        let found = try suishen(["gate", "list", "--stale", "30m"])
        #expect(found.count == 2 && found.allSatisfy { $0["findings"] == ["stale"] }, "\(found)")
        let active = try #require(found.first { $0["status"] == "active" }?["gate"]?.string)
        func shown(_ member: String) throws -> JSONValue {
            try #require(try suishen(["gate", "show", active]).first?[member])
        }
        let (time, fingerprint) = (try #require(shown("keysIssuedAt").integer), try shown("fingerprint"))
        _ = try suishen(["gate", "keys", active, "--out", folder("keys")])
        #expect(try #require(shown("keysIssuedAt").integer) > time)
        let clock = try SetClock(at: self.time)
        let renewal = try Program(path: "/usr/bin/env").run(
            Array(clock.words.dropFirst()) + [Program("verify").path, "renew-key", "--state", folder("gate")])
        try #require(renewal.status == 0, "\(renewal.diagnostics)")
        let request = try folder.write(Array(renewal.output.utf8), to: "rekey.json")
        let answer = try #require(try suishen(["gate", "rekey", request]).first?["fingerprint"])
        #expect(try shown("fingerprint") == answer && answer != fingerprint)
    }
}
