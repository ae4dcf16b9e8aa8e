import Encoding
import Glibc
import IssuerInterface
import IssuerTestSupport
import Issuing
import TestSupport
import Testing

@Suite(
    "A daemon's rates", .serialized,
    .enabled(if: getuid() == 0, "who connects is tried as other users, which only root can become"))
struct RequestRateTests {
    private static let object = #"{"kind": "object", "manager": "91350100M000100Y43", "category": "park"}"#

    /// Fifteen seconds more than what comes at once at 1,000 a second.
    private static let lineCount = 25_000

    /// The statuses of `count` requests of a user on one connection.
    private static func statuses(
        _ daemon: HTTPDaemon, _ words: [String], count: Int, as uid: Int
    ) throws -> [String] {
        let requests = (0..<count).map { _ in words }.joined(separator: [
            "--next", "-s", "-o", "/dev/null", "-w", "%{http_code}\n", "--unix-socket", daemon.socket,
        ])
        let output = try daemon.ask(["-o", "/dev/null", "-w", "%{http_code}\n"] + Array(requests), as: uid)
        return output.split(separator: "\n").map(String.init)
    }

    @Test("refuse one user's requests to one route beyond its burst, and nobody else's and no other route's")
    func refusals() throws {
        let daemon = try HTTPDaemon.open(
            """
            roles:
              40001: [issuer:object, auditor]
              40002: [auditor]
            rates:
              40001: [requests=2, audit.read=1]
            """)
        let read = ["http://d/v1/audit"]
        let answers = try Self.statuses(daemon, read, count: 30, as: 40001)
        #expect(answers.count == 30 && answers.prefix(10).allSatisfy { $0 == "200" }, "\(answers)")
        #expect(answers.contains("429"), "\(answers)")
        var refused = ""
        for _ in 0..<30 where !refused.hasSuffix("\n429") { refused = try daemon.ask(["-i"] + read, as: 40001) }
        #expect(refused.hasSuffix("\n429") && refused.contains("\"rate_exceeded\""), "\(refused)")
        #expect(refused.contains("Retry-After: 1") && refused.contains("HTTP/1.1 429"))
        #expect(try daemon.ask(read, as: 40002).hasSuffix("\n200"))
        #expect(try daemon.ask(["http://d/v1/health"], as: 40001).hasSuffix("\n200"))
        usleep(2_100_000)
        #expect(try daemon.ask(read, as: 40001).hasSuffix("\n200"), "after the time that it was told")
        // A user without a role is refused for that, however often.
        let stranger = try Self.statuses(daemon, read, count: 40, as: 40009)
        #expect(stranger.allSatisfy { $0 == "403" })
        #expect(daemon.end(SIGTERM) == 0)
        try daemon.start()
        let lines = try IssuerClient(path: daemon.socket).ask(.readAudit, [:])["lines"]?.array ?? []
        let noted = lines.filter { $0["action"] == "refused" && $0["detail"]?["code"] == "rate_exceeded" }
        #expect(!noted.isEmpty && noted.allSatisfy { $0["uid"] == 40001 && $0["subject"] == "GET /v1/audit" })
        #expect(try daemon.curl(["http://d/metrics"]).output.contains("suishend_requests_total"))
    }

    @Test("let the lines of a batch wait, and refuse none of them")
    func batches() throws {
        let daemon = try HTTPDaemon.open(
            "roles:\n  40001: [issuer:object]\nrates:\n  40001: [requests=1, lines=1000]")
        // Ten seconds' lines come at once, and the others at the rate.
        let lines = String(repeating: Self.object + "\n", count: Self.lineCount)
        let file = try daemon.installation.folder.write(Array(lines.utf8), to: "lines", mode: 0o644)
        let start = ContinuousClock.now
        let answers = try daemon.ask(
            ["-H", "Content-Type: application/x-ndjson", "--data-binary", "@" + file, "http://d/v1/objects"], as: 40001)
        #expect(answers.split(separator: "\n").count { $0.contains("\"subject\"") } == Self.lineCount)
        #expect(ContinuousClock.now - start > .milliseconds(14_900))
    }

    @Test("hold an issuer to the quota of the settings, also after a kill and a restart")
    func quota() throws {
        let daemon = try HTTPDaemon.open(
            "roles:\n  40001: [issuer:object]\n  40002: [issuer:object]\nquotas:\n  40001: [object=3]")
        let answer = try daemon.ask(["-d", Self.object, "http://d/v1/objects"], as: 40001)
        let subject = try #require(answer.split(separator: "\"").dropFirst(3).first)
        let code = ["-d", "{\"subject\": \"\(subject)\"}", "http://d/v1/codes"]
        for _ in 0..<3 { #expect(try daemon.ask(code, as: 40001).hasSuffix("\n200")) }
        for _ in 0..<2 {
            let refused = try daemon.ask(["-i"] + code, as: 40001)
            #expect(refused.contains("\"quota_exceeded\"") && refused.hasSuffix("\n429"), "\(refused)")
            #expect(refused.contains("Retry-After: "))
            _ = daemon.end(SIGKILL)
            try daemon.start()
        }
        #expect(try daemon.ask(code, as: 40002).hasSuffix("\n200"))
        let lines = try IssuerClient(path: daemon.socket).ask(.readAudit, [:])["lines"]?.array ?? []
        #expect(lines.contains { $0["detail"]?["code"] == "quota_exceeded" && $0["uid"] == 40001 })
    }

    @Test("name routes' operations alone; another name keeps the daemon from starting")
    func unknownOperation() throws {
        let installation = try Installation()
        try installation.write(Settings(text: "rates:\n  every: [code.isue=5]"))
        let outcome = try Program("suishend").run(["--state", installation.state.path])
        #expect(outcome.status == 1 && outcome.diagnostics.contains("[settings_invalid]"))
        #expect(outcome.diagnostics.contains("code.isue"))
        let check = try Program("suishend").run(["--state", installation.state.path, "--check-config"])
        #expect(check.status == 1 && check.diagnostics.contains("code.isue"))
    }
}
