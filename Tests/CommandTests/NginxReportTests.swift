import Encoding
import Glibc
import TestSupport
import Testing

@Suite(
    "Reports behind nginx",
    .enabled(
        if: NginxServer.isInstalled && geteuid() == 0, "the server's workers are another user with a role of its own"))
struct NginxReportTests {
    private static let nobody = 65_534
    private let gate: ReportedGate
    private let daemon: PipedProgram
    private let nginx: NginxServer
    private let report: String

    init() throws {
        gate = try ReportedGate()
        // A report that is made and not sent: the test sends it.
        try gate.server.treat(.fails)
        _ = try gate.sync(at: 20)
        report = try #require(try gate.server.posts().first?.body)
        gate.stopDaemon()
        unsafe chmod(gate.issuer.folder("run"), 0o755)
        let settings = "\(gate.issuer.folder("state"))/suishend.yaml"
        let text = String(decoding: try ProjectFiles.bytes(settings), as: UTF8.self)
            .replacing("socketMode: \"0600\"", with: "socketMode: \"0666\"")
            .replacing("roles: {}", with: "roles:\n  \(Self.nobody): [gate]")
        try #require(text.contains("0666") && text.contains("[gate]"))
        try gate.issuer.folder.write(Array(text.utf8), to: "state/suishend.yaml", mode: 0o600)
        daemon = try PipedProgram(
            "suishend", ["--state", gate.issuer.folder("state"), "--socket", gate.socket], clock: gate.clock)
        try RunningProgram.waitForSocket(gate.socket)
        nginx = try NginxServer(
            tree: gate.issuer.folder("tree"), beside: gate.issuer.folder, daemon: gate.socket, rate: "1r/m")
    }

    private var path: String { "/gates/\(gate.gate)/report" }

    @Test("reach the daemon with nothing else of the request, and are kept")
    func passed() throws {
        let posted = [
            "-d", report, "-H", "Idempotency-Key: 1", "-H", "Content-Type: application/x-ndjson", "-H", "Expect:",
        ]
        let answer = try nginx.ask("\(path)?x=1", posted)
        #expect(answer.status == 200, "\(String(decoding: answer.body, as: UTF8.self)) \(nginx.log)")
        #expect(try gate.kept()?["gate"]?.string == gate.gate)
        let refused = try nginx.ask(path, ["-d", report.replacing("counter", with: "Counter")])
        #expect(refused.status == 400 && String(decoding: refused.body, as: UTF8.self).contains("signature_invalid"))
    }

    @Test("are all that reaches the daemon: no other path, method or long body")
    func nothingElse() throws {
        for method in ["GET", "HEAD", "PUT", "DELETE", "PATCH", "OPTIONS"] {
            let words = method == "HEAD" ? ["-I"] : ["-X", method]
            #expect(try nginx.ask(path, words).status == 405, "\(method)")
        }
        let other = String(repeating: "0", count: 32)
        for path in [
            "/v1/gates/\(gate.gate)/report", "/v1/health", "/metrics", "/gates/\(gate.gate)/registration",
            "/gates/\(gate.gate)/report/", "/gates/\(gate.gate)/report/..%2f..%2f..%2fhealth",
            "/gates/\(gate.gate.uppercased())/report", "/gates/\(other)/report/../../../v1/health",
            "/gates/\(gate.gate)/../suspend", "/gates/suspend",
        ] {
            let answer = try nginx.ask(path, ["-d", report])
            #expect([400, 404].contains(answer.status), "\(path): \(answer.status)")
            #expect(!String(decoding: answer.body, as: UTF8.self).contains("issuer"), "\(path)")
        }
        let long = String(repeating: "x", count: 8193)
        #expect(try nginx.ask(path, ["-d", long]).status == 413)
        #expect(try gate.kept() == nil)
    }

    @Test("get 429 once an address has sent too many")
    func limited() throws {
        var statuses: [Int] = []
        for _ in 0..<110 { statuses.append(try nginx.ask(path, ["-d", "{}"]).status) }
        // The rate of this test is one a minute: a burst of 100, and the one in progress.
        #expect(
            statuses.prefix(101).allSatisfy { $0 == 400 } && statuses.suffix(5).allSatisfy { $0 == 429 }, "\(statuses)")
    }
}
