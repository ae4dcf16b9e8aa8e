import Credential
import Encoding
import Glibc
import Signing
import TestSupport
import Testing

@Suite("A proof of a code's issue")
struct OnlineProofTests {
    private static let start: UInt64 = 1_790_000_000
    private static let nextDay = (start / 86_400 + 1) * 86_400

    private let issuer: SuishenRun
    private let clock: SetClock

    init() throws {
        issuer = try SuishenRun(at: Self.start)
        clock = try SetClock(at: Self.start + 30)
        unsafe mkdir(issuer.folder("run"), 0o755)
    }

    private var socket: String { issuer.folder("run/socket") }
    private var acts: String { issuer.folder("state/acts") }

    private func daemon() throws -> PipedProgram {
        let program = try PipedProgram(
            "suishend", ["--state", issuer.folder("state"), "--socket", socket], clock: clock)
        try RunningProgram.waitForSocket(socket)
        return program
    }

    private func issue(_ subject: String, _ words: [String] = []) throws -> String {
        let answer = try issuer.answer(["issue", subject, "--at", "\(Self.start + 20)"] + words)
        return try #require(answer["text"]?.string)
    }

    /// A code that the issuer's key has signed outside the service.
    private func rogue() throws -> String {
        let key = try SigningKey(contentsOf: issuer.folder("state/keys/issuer.pem"))
        let claims = ObjectClaims(
            kind: .object, id: [9, 8, 7, 6, 5, 4, 3, 2], category: 1, manager: try USCC(SuishenRun.uscc), location: nil,
            statusIndex: 77)
        return try CredentialIssuer(issuer: "SH", key: key)
            .issue(.object(claims), issuedAt: Self.start + 20, expiresAt: nil).text(host: "id.suishen.example")
    }

    private func verify(_ scene: String, _ text: String, _ words: [String] = [], key: String) throws -> Program.Outcome
    {
        try Program("verify").run(
            [
                "--bundle", issuer.folder("bundle"), "--scene", scene, "--text", text, "--at", "\(Self.nextDay + 400)",
                "--online-proof", acts, "--log-key", key,
            ] + words)
    }

    private func waitForDay() throws {
        for _ in 0..<3000 {
            if let bytes = try? ProjectFiles.bytes(acts + "/issued/index"),
                String(decoding: bytes, as: UTF8.self).contains(" 1440 ")
            {
                return
            }
            usleep(20_000)
        }
        throw MissingFile(path: acts + "/issued/index")
    }

    @Test("tells a code that the key signed outside the service from an honest one, after a kill of the daemon too")
    func insider() throws {
        let (enterprise, object) = (try issuer.enterprise(), try issuer.object())
        let texts = [
            ("enterprise-inspection", try issue(enterprise)), ("object-inspection", try issue(object)),
            ("object-inspection", try issue(object)),
        ]
        let key = try #require(try issuer.answer(["log", "key", "--log", "acts"])["key"]?.string)
        #expect(try issuer.answer(["log", "key"])["key"]?.string != key)
        // The codes are on the disk; the daemon is killed before they can be published.
        let first = try daemon()
        #expect(first.end(by: SIGKILL) & 0x7F == SIGKILL)
        try clock.set(Self.nextDay + 300)
        let second = try daemon()
        try waitForDay()
        #expect(second.end(by: SIGTERM) == 0)
        try issuer.answer([
            "bundle", "export", "--out", issuer.folder("bundle"), "--at", "\(Self.nextDay + 350)",
        ])
        for (scene, text) in texts {
            let outcome = try verify(scene, text, key: key)
            let lines = outcome.output.split(separator: "\n")
            #expect(outcome.status == 0 && lines.count == 2, "\(outcome)")
            #expect(lines.first?.contains(#""verdict":"accept""#) == true)
            #expect(lines.last?.contains(#""issuance":"issued""#) == true)
        }
        let refused = try verify("object-inspection", try rogue(), key: key)
        #expect(refused.status == 1 && refused.output.contains(#""verdict":"accept""#), "\(refused)")
        #expect(refused.output.contains(#""code":"issuance_missing""#))
        #expect(try verify("object-inspection", texts[1].1, ["--plain"], key: key).output.hasSuffix("\nissuance ok\n"))
        // A refused code is not asked about.
        let other = try verify("metro-gate", texts[1].1, key: key)
        #expect(other.status == 1 && other.output.split(separator: "\n").count == 1)
        let keyless = try verify("object-inspection", texts[1].1, key: "no key")
        #expect(keyless.status != 0 && keyless.output.isEmpty, "\(keyless)")
        try checkAudits(key)
    }

    private func checkAudits(_ key: String) throws {
        func chainVerify(_ words: [String]) throws -> Program.Outcome {
            try Program("chain-verify").run(words + ["--key", key])
        }
        let checkpoint = try issuer.folder.write(
            Array(
                (try #require(try issuer.answer(["log", "checkpoint", "--log", "acts"])["checkpoint"]?.string)).utf8),
            to: "checkpoint")
        let audit = try chainVerify(["audit", acts, "--anchor", checkpoint])
        #expect(audit.status == 0, "\(audit)")
        let issued = try chainVerify(["issued", acts, "--anchor", checkpoint])
        #expect(issued.status == 0 && issued.output.contains("3 codes"), "\(issued)")
        let lines = try issuer.run(["audit"]).output
        let trail = try issuer.folder.write(Array(lines.utf8), to: "trail")
        let honest = try chainVerify(["trail", trail, acts, "--anchor", checkpoint, "--json"])
        #expect(honest.status == 0 && honest.output.contains(#""verdict":"intact""#), "\(honest)")
        let dropped = lines.split(separator: "\n").dropFirst().joined(separator: "\n") + "\n"
        let changed = try issuer.folder.write(Array(dropped.utf8), to: "changed")
        let found = try chainVerify(["trail", changed, acts, "--anchor", checkpoint])
        #expect(found.status == 1 && found.output.contains("trail_mismatch"), "\(found)")
    }
}
