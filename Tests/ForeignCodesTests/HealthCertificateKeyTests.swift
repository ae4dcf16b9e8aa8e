import Encoding
import Glibc
import Signing
import TestSupport
import Testing

@testable import ForeignCodes

@Suite("A health certificate signed in openssl's name")
struct HealthCertificateKeyTests {
    private static let now = UInt64(time(nil))

    /// A key with its certificate of one day, made and used by openssl.
    private struct Signer {
        let folder: ScratchFolder
        var trust: ForeignTrust
        let kid: [UInt8]

        init(key: String, usage: String? = nil) throws {
            folder = try ScratchFolder()
            let usages = usage.map { " -addext extendedKeyUsage=\($0)" } ?? ""
            try Self.run(
                folder,
                "req -x509 \(key) -nodes -keyout key -outform der -out der -subj /CN=XX -days 1 -sha256\(usages)")
            let der = try ProjectFiles.bytes(folder("der"))
            trust = try ForeignTrust(der)
            kid = try #require(trust.keys.first?.certificate?.identifier8)
        }

        func verdict(
            at now: UInt64 = HealthCertificateKeyTests.now + 60, _ change: (inout HealthCode) -> Void = { _ in }
        ) throws -> ForeignVerdict {
            var code = HealthCode(protected: [(1, .integer(-37)), (4, .byteString(kid))])
            code.issuedAt = .unsigned(now - 1000)
            code.expiresAt = .unsigned(now + 100_000_000)
            change(&code)
            let text = try code.text { message in
                try folder.write(message, to: "message")
                try Self.run(
                    folder,
                    "dgst -sha256 -sign key -sigopt rsa_padding_mode:pss -sigopt rsa_pss_saltlen:32 -out signature"
                        + " message")
                return try ProjectFiles.bytes(folder("signature"))
            }
            return ForeignVerifier.verdict(text, profile: .hcert, trust: trust, at: now)
        }

        /// A further certificate of the same key.
        func certificate(days: Int, usage: String? = nil) throws -> ForeignKey {
            let usages = usage.map { " -addext extendedKeyUsage=\($0)" } ?? ""
            try Self.run(
                folder, "req -x509 -key key -outform der -out more -subj /CN=XX -days \(days) -sha256\(usages)")
            return try #require(try ForeignTrust(ProjectFiles.bytes(folder("more"))).keys.first)
        }

        private static func run(_ folder: ScratchFolder, _ words: String) throws {
            let status = unsafe system("cd \(folder.path) && openssl \(words) 2>/dev/null")
            try #require(status == 0, "openssl \(words)")
        }
    }

    @Test(
        "counts under RSA keys of any length and of either kind",
        arguments: [
            "-newkey rsa:2048", "-newkey rsa:3072", "-newkey rsa-pss -pkeyopt rsa_keygen_bits:2048",
        ])
    func rsa(key: String) throws {
        let verdict = try Signer(key: key).verdict()
        #expect(verdict.isAccepted, "\(key): \(verdict.code)")
        #expect(verdict.issuer?.algorithm == "PS256" && verdict.warnings.isEmpty)
    }

    @Test("counts by the one of its key's certificates that holds, wherever it stands in the trust file")
    func severalCertificates() throws {
        var signer = try Signer(key: "-newkey rsa:2048")
        let vaccination = "1.3.6.1.4.1.1847.2021.1.2"
        let (ended, current) = (signer.trust.keys[0], try signer.certificate(days: 10))
        let (other, right) = try (
            signer.certificate(days: 10, usage: "1.3.6.1.4.1.1847.2021.1.1"),
            signer.certificate(days: 10, usage: vaccination)
        )
        let later = Self.now + 2 * 86_400
        for (keys, code) in [
            ([ended, current], "ok"), ([current, ended], "ok"), ([other, right], "ok"), ([right, other], "ok"),
            ([ended], "key_expired"), ([other], "key_not_for_this_use"), ([ended, other], "key_expired"),
        ] {
            signer.trust = ForeignTrust(keys: keys)
            // An identifier that none of them has: all are tried.
            let verdict = try signer.verdict(at: later) { $0.protected[1].1 = .byteString([1]) }
            #expect(verdict.code == code && verdict.result(of: .signature) == .ok, "\(code)")
        }
    }

    @Test("counts only in the time of the certificate that signed it")
    func certificateTime() throws {
        let signer = try Signer(key: "-newkey rsa:2048")
        for (time, code) in [(Self.now - 2000, "not_yet_valid"), (Self.now + 2 * 86_400, "key_expired")] {
            let verdict = try signer.verdict(at: time)
            #expect(verdict.code == code && verdict.result(of: .expiration) == .failed)
            #expect(verdict.result(of: .signature) == .ok && verdict.result(of: .schema) == .ok)
        }
    }

    @Test(
        "counts only for what its certificate may attest, by either arc of purposes",
        arguments: [
            ("1.3.6.1.4.1.1847.2021.1.2", true), ("1.3.6.1.4.1.0.1847.2021.1.2", true),
            ("1.3.6.1.4.1.1847.2021.1.1", false), ("1.3.6.1.4.1.0.1847.2021.1.3", false),
            ("1.3.6.1.4.1.1847.2021.1.1,1.3.6.1.4.1.1847.2021.1.2", true), ("clientAuth", true),
        ])
    func keyUsage(usage: String, isAllowed: Bool) throws {
        let verdict = try Signer(key: "-newkey rsa:2048", usage: usage).verdict()
        #expect(verdict.isAccepted == isAllowed, "\(verdict.code)")
        #expect((verdict.result(of: .keyusage) == .ok) == isAllowed)
    }
}
