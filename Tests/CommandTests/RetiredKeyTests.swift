import Credential
import Encoding
import Gate
import Signing
import TestSupport
import Testing

@Suite("A retired key that somebody stole")
struct RetiredKeyTests {
    private static let start: UInt64 = 1_790_000_000
    private let run: SuishenRun

    init() throws {
        run = try SuishenRun(at: Self.start)
    }

    @discardableResult
    private func answer(_ words: [String], at time: UInt64) throws -> JSONValue {
        try run.answer(words + ["--at", "\(time)"])
    }

    private func verdict(_ text: String, _ scene: String = "object-inspection", at time: UInt64) throws -> String? {
        try VerifyRun("--bundle \(run.folder("bundle")) --scene \(scene) --at \(time) --text '\(text)'").code
    }

    /// An object's code that a thief makes with a key file of the installation.
    private func forged(by file: String, issuedAt: UInt64) throws -> String {
        let key = try SigningKey(contentsOf: run.folder("state/keys/\(file)"))
        let claims = ObjectClaims(
            kind: .object, id: Array(1...8), category: 1, manager: try USCC(SuishenRun.uscc), location: nil,
            statusIndex: 0)
        return try CredentialIssuer(issuer: "SH", key: key)
            .issue(.object(claims), issuedAt: issuedAt, expiresAt: nil).text(host: "qr.example.cn")
    }

    @Test("signs nothing dated after its retirement, and its earlier codes stay valid")
    func codes() throws {
        let object = try run.object()
        let good = try #require(try answer(["issue", object], at: Self.start)["text"]?.string)
        try answer(["key", "rotate"], at: Self.start + 100)
        try answer(["bundle", "export", "--out", run.folder("bundle")], at: Self.start + 200)
        let keys = try run.answer(["key", "list"])["keys"]?.array ?? []
        let retired = try #require(keys.first { $0["status"] == "retired" })
        #expect(retired["retiredAt"]?.integer == Int64(Self.start + 100))
        #expect(keys.filter { $0["status"] == "active" }.allSatisfy { $0["retiredAt"] == nil })
        #expect(try verdict(good, at: Self.start + 200) == "ok")
        for (time, code) in [(Self.start + 100, "ok"), (Self.start + 101, "key_not_for_this_use")] {
            #expect(try verdict(forged(by: "issuer.pem", issuedAt: time), at: Self.start + 200) == code)
        }
        // Retiring it again changes nothing.
        let kid = try #require(retired["kid"]?.string)
        #expect(try answer(["key", "retire", kid], at: Self.start + 300)["retiredAt"] == retired["retiredAt"])
    }

    @Test("leaves the codes of a strip valid that it signed for later days")
    func strip() throws {
        let person = try run.person()
        let anchors = try ["a", "b", "c"].flatMap { name in
            [
                "--anchor",
                try #require(try run.answer(["device", "chain", "--out", run.folder(name)])["anchor"]?.string),
            ]
        }
        let words = ["issue", person, "--kind", "chain", "--count", "3"] + anchors
        let issued = try run.run(words + ["--at", "\(Self.start)"]).output.split(separator: "\n")
        let last = try JSONValue.parse(Array(try #require(issued.last).utf8), byteCountMax: 1 << 16)
        let text = try #require(last["text"]?.string)
        try answer(["key", "rotate"], at: Self.start + 100)
        let day = Self.start + 2 * 86_400
        try answer(["bundle", "export", "--out", run.folder("bundle")], at: day)
        let shown = try answer(["present", "--credential", text, "--seed", run.folder("c")], at: day + 10)
        #expect(try verdict(try #require(shown["text"]?.string), "park", at: day + 10) == "ok")
        #expect(try verdict(forged(by: "issuer.pem", issuedAt: day + 1), at: day + 10) == "key_not_for_this_use")
    }

    @Test("signs no status list dated after its retirement")
    func lists() throws {
        let object = try run.object()
        let code = try #require(try answer(["issue", object], at: Self.start)["text"]?.string)
        try answer(["key", "rotate", "status"], at: Self.start + 100)
        try answer(["revoke", object], at: Self.start + 150)
        try answer(["bundle", "export", "--out", run.folder("bundle")], at: Self.start + 200)
        #expect(try verdict(code, at: Self.start + 200) == "revoked")
        // The thief publishes a newer list in which nothing is revoked.
        let token = StatusListToken(
            subject: "SH-object-lasting", issuedAt: Self.start + 300, expiresAt: nil, timeToLiveSeconds: nil,
            list: StatusList(count: 4096))
        let key = try SigningKey(contentsOf: run.folder("state/keys/status.pem"))
        try run.folder.write(token.signed(by: key), to: "bundle/status/SH-object-lasting.cwt")
        #expect(try verdict(code, at: Self.start + 300) == "status_unknown")
    }

    @Test("signs until it expires under a bundle of the previous release, which has no time of retirement")
    func earlierBundle() throws {
        let gate = try VerifyGate()
        defer { gate.remove() }
        func verdict(_ version: UInt64, retiredAt: UInt64?) throws -> String? {
            let record = IssuerRecord(
                issuer: "SH", key: gate.issuer.verificationKey, uses: [.person, .enterprise, .object], notBefore: 0,
                expiresAt: VerifyGate.start * 2, status: .retired, retiredAt: retiredAt)
            try gate.export(version: version, issuer: record)
            let words = "--bundle \(gate.folder) --scene object-inspection --at \(VerifyGate.now)"
            return try VerifyRun("\(words) --text '\(gate.object())'").code
        }
        #expect(try verdict(6, retiredAt: nil) == "ok")
        #expect(try verdict(7, retiredAt: VerifyGate.start) == "ok")
        #expect(try verdict(8, retiredAt: VerifyGate.start - 1) == "key_not_for_this_use")
    }
}
