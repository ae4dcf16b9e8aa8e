import Encoding
import Glibc
import IssuerTestSupport
import Issuing
import TestSupport
import Testing

/// The commands as people type them: suishen writes, suishend serves, chain-verify trusts neither.
@Suite("The log of an installation", .serialized)
struct TraceLogEndToEndTests {
    private let installation: Installation
    private let object: String
    private let key: String

    init() throws {
        installation = try Installation()
        object = try #require(
            Self.suishen(
                [
                    "object", "register", "--kind", "object", "--manager", "91350100M000100Y43", "--category",
                    "elevator",
                ],
                installation)["subject"]?.string)
        key = try #require(Self.suishen(["log", "key"], installation)["key"]?.string)
    }

    private static func suishen(_ words: [String], _ installation: Installation) throws -> JSONValue {
        let outcome = try HTTPDaemon.run(
            ["\(HTTPDaemon.binaries)/suishen"] + words + ["--state", installation.state.path, "--json"])
        try #require(outcome.status == 0, "\(words): \(outcome.output)")
        return try JSONValue.parse(Array(outcome.output.utf8), byteCountMax: 1 << 20)
    }

    private func suishen(_ words: [String]) throws -> JSONValue { try Self.suishen(words, installation) }

    private func audit(_ log: String, anchor: String, openings: String? = nil) throws -> (JSONValue, status: Int32) {
        let outcome = try HTTPDaemon.run(
            ["\(HTTPDaemon.binaries)/chain-verify", "audit", log, "--key", key, "--anchor", anchor, "--json"]
                + (openings.map { ["--openings", $0] } ?? []))
        // A file that holds no openings any more is warned of before the report.
        let report = try #require(outcome.output.split(separator: "\n").last)
        return (try JSONValue.parse(Array(report.utf8), byteCountMax: 1 << 20), outcome.status)
    }

    private func anchor(_ name: String) throws -> String {
        try installation.folder.write(ProjectFiles.bytes(installation.state.path + "/log/checkpoint"), to: name)
    }

    @Test("takes a batch's events in the order of its lines, without a daemon too")
    func batchOrder() throws {
        let line = "{\"object\":\"\(object)\",\"step\":\"inspecting\"}\n"
        try installation.folder.write(Array(String(repeating: line, count: 1200).utf8), to: "events.ndjson")
        let outcome = try HTTPDaemon.run([
            "\(HTTPDaemon.binaries)/suishen", "event", "append", "--from", installation.folder("events.ndjson"),
            "--state", installation.state.path, "--json",
        ])
        #expect(try Self.sequences(outcome.output) == Array(0..<1200))
    }

    private static func sequences(_ answers: String) throws -> [Int64?] {
        try answers.split(separator: "\n").map {
            try JSONValue.parse(Array($0.utf8), byteCountMax: 1 << 16)["sequence"]?.integer
        }
    }

    @Test("audits from the first, empty checkpoint on, by folder and by socket, and shows what happened")
    func wholeLife() throws {
        let empty = try anchor("empty")
        let first = try suishen([
            "event", "append", object, "--step", "installing", "--location", "一号楼", "--field", "model=K-2",
            "--personal", "inspector=张三",
        ])
        #expect(first["index"] == 0 && first["sequence"] == 0)
        let one = try anchor("one")
        let daemon = try HTTPDaemon(installation)
        let lines = (0..<600).map { number in
            "{\"object\":\"\(object)\",\"step\":\"inspecting\",\"idempotencyKey\":\"key \(number)\"}"
        }
        try installation.folder.write(Array(lines.joined(separator: "\n").utf8), to: "events.ndjson")
        // Sent twice: the second time every line finds its first answer.
        let batch = [
            "\(HTTPDaemon.binaries)/suishen", "event", "append", "--from", installation.folder("events.ndjson"),
            "--state", installation.state.path, "--json",
        ]
        let answers = try HTTPDaemon.run(batch).output
        #expect(try Self.sequences(answers) == Array(1...600))
        #expect(try HTTPDaemon.run(batch).output == answers)
        let erasure = try suishen(["event", "erase", object, "0", "--reason", "asked"])
        #expect(erasure["sequence"] == 601)
        try waitUntilPublished(602, daemon)
        let (served, servedStatus) = try audit(daemon.socket, anchor: one, openings: try openings())
        #expect(servedStatus == 0 && served["verdict"] == "intact" && served["events"] == 601)
        let history = try daemon.curl(["http://d/v1/objects/\(object)/history?limit=2"]).output
        #expect(history.contains("\"installing\"") && history.contains("\"next\":2"))
        #expect(daemon.end(SIGTERM) == 0)
        let log = installation.state.path + "/log"
        let (report, status) = try audit(log, anchor: one)
        #expect(status == 0 && report["verdict"] == "intact" && report["size"] == 603, "\(report.encoded())")
        // The first checkpoint, of no entries, is consistent with every log, and so holds none to anything.
        #expect(try audit(log, anchor: empty).0["code"] == "unanchored")
        let shown = try HTTPDaemon.run([
            "\(HTTPDaemon.binaries)/suishen", "object", "history", object, "--state", installation.state.path,
        ])
        #expect(shown.output.hasPrefix("#0  20") && shown.output.contains("model = K-2"))
        #expect(shown.output.contains("personal fields: 1, erased\n"))
        #expect(shown.output.contains("erased  entry 0's personal fields") && !shown.output.contains("张三"))
        let held = [log, "--key", key, "--anchor", one, "--json", "--state", installation.folder("audited")]
        for (words, status) in [(["object", object], Int32(2)), (["audit"], 0)] {
            #expect(try HTTPDaemon.run(["\(HTTPDaemon.binaries)/chain-verify"] + words + held).status == status)
        }
        let proved = try HTTPDaemon.run(["\(HTTPDaemon.binaries)/chain-verify", "object", object] + held)
        #expect(proved.status == 0)
        let said = try HTTPDaemon.run([
            "\(HTTPDaemon.binaries)/suishen", "object", "history", object, "--state", installation.state.path, "--json",
        ])
        let proof = try JSONValue.parse(proved.output.utf8, byteCountMax: 1 << 20)
        #expect(proof["history"]?.array?.map { $0.encoded() } == said.output.split(separator: "\n").map(String.init))
    }

    @Test("gives out the published log alone, whatever path is asked for")
    func paths() throws {
        _ = try suishen(["event", "append", object, "--step", "installing"])
        let daemon = try HTTPDaemon(installation)
        for path in ["checkpoint", "tile/0/000.p/1", "tile/entries/000.p/1"] {
            #expect(try daemon.curl(["-o", "/dev/null", "http://d/log/\(path)"]).output.hasSuffix("200"), "\(path)")
        }
        let refused = [
            "../suishend.yaml", "%2e%2e/suishend.yaml", "tile/../../keys/root.pem", "tile%2F..%2F..%2Fkeys%2Froot.pem",
            "tile/0/000", "tile/0/000.p/2", "tile/0/000.p/1.tmp", "tile/0/000.p/01", "/etc/passwd", "",
            "checkpoint%00", "heads/../checkpoint",
        ]
        for path in refused {
            let answer = try daemon.curl(["--path-as-is", "http://d/log/\(path)"]).output
            #expect(answer.hasSuffix("\n404") && answer.contains("\"error\""), "\(path): \(answer)")
        }
    }

    private func openings() throws -> String {
        let outcome = try HTTPDaemon.run([
            "\(HTTPDaemon.binaries)/suishen", "log", "openings", "--state", installation.state.path,
        ])
        try #require(outcome.status == 0)
        return try installation.folder.write(Array(outcome.output.utf8), to: "openings")
    }

    /// The daemon publishes about once a second.
    private func waitUntilPublished(_ size: Int, _ daemon: HTTPDaemon) throws {
        for _ in 0..<2_400 {
            let lines = try daemon.curl(["http://d/log/checkpoint"]).output.split(separator: "\n")
            if lines.count > 1, lines[1] == String(size) { return }
            usleep(50_000)
        }
        Issue.record("a checkpoint of \(size) never came")
    }
}
