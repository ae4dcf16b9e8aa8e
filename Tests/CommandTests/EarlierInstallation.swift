import Encoding
import Glibc
import TestSupport
import Testing

/// An installation that an earlier version made, used an hour later (fixtures/states/README.md).
struct EarlierInstallation {
    let folder: ScratchFolder
    /// Seconds since 1970-01-01T00:00:00Z, an hour after the earlier version last used it.
    let time: UInt64

    init(_ name: String) throws {
        folder = try ScratchFolder()
        let archive = "\(ProjectFiles.fixtures)/states/\(name)-TEST-ONLY-keys.tar.gz"
        try #require(unsafe system("tar -xzf \(archive) --strip-components=1 --no-same-owner -C \(folder.path)") == 0)
        let text = String(decoding: try ProjectFiles.bytes(folder("time")), as: UTF8.self)
        time = try #require(UInt64(text.prefix { !$0.isNewline })) + 3600
    }

    /// The JSON lines of a file beside the installation.
    func lines(_ name: String) throws -> [JSONValue] { try Self.lines(ProjectFiles.bytes(folder(name))) }

    func suishen(_ words: [String]) throws -> [JSONValue] {
        let outcome = try Program("suishen").run(words + ["--state", folder("state"), "--at", "\(time)", "--json"])
        try #require(outcome.status == 0, "\(words): \(outcome.diagnostics)")
        return try Self.lines(Array(outcome.output.utf8))
    }

    /// Each row of the earlier version's tables as a line of text, by the columns that it had, without what rises.
    func rows() throws -> [String] {
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

    /// The rows of before that are gone.
    ///
    /// Fields of persons and revocations were sealed anew, under keys that can be destroyed: only their number is compared.
    static func lostRows(_ before: [String], _ after: [String]) -> Set<String> {
        let sealed = ["person (", "revocation ("]
        let kept = before.filter { row in !sealed.contains { row.hasPrefix($0) } }
        let fewer = sealed.filter { table in
            before.count { $0.hasPrefix(table) } != after.count { $0.hasPrefix(table) }
        }
        return Set(kept).subtracting(after).union(fewer)
    }

    /// Whether the trail still begins as the earlier version printed it into `trail.jsonl`.
    func keepsTrail() throws -> Bool {
        let trail = try lines("trail.jsonl")
        return try !trail.isEmpty && Array(suishen(["audit"]).prefix(trail.count)) == trail
    }

    private static func lines(_ bytes: [UInt8]) throws -> [JSONValue] {
        try bytes.split(separator: UInt8(ascii: "\n")).map { try JSONValue.parse(Array($0), byteCountMax: 1 << 20) }
    }
}
