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
        /// Whether openssl's signature is of two numbers on P-384, which COSE has without DER.
        var makesRawSignature = false

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
                let padding = makesRawSignature ? "" : " -sigopt rsa_padding_mode:pss -sigopt rsa_pss_saltlen:32"
                try Self.run(folder, "dgst -sha256 -sign key\(padding) -out signature message")
                let signature = try ProjectFiles.bytes(folder("signature"))
                return makesRawSignature ? Self.raw(signature) : signature
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

        /// The 96 bytes of r and s in a DER signature.
        private static func raw(_ der: [UInt8]) -> [UInt8] {
            var rest = der.dropFirst(2)
            var raw: [UInt8] = []
            for _ in 0..<2 {
                let number = rest.dropFirst(2).prefix(Int(rest[rest.startIndex + 1]))
                rest = rest.dropFirst(2 + number.count)
                let digits = number.drop { $0 == 0 }
                raw += [UInt8](repeating: 0, count: 48 - digits.count) + digits
            }
            return raw
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

    @Test("counts under ES256 with a key on P-384, but not by the number that names P-256")
    func p384() throws {
        var signer = try Signer(key: "-newkey ec -pkeyopt ec_paramgen_curve:P-384")
        for (number, isAccepted) in [(-7, true), (-9, false), (-51, false)] as [(Int64, Bool)] {
            signer.makesRawSignature = true
            let verdict = try signer.verdict { $0.protected[0].1 = .integer(number) }
            #expect(verdict.isAccepted == isAccepted, "\(number): \(verdict.code)")
            if !isAccepted { #expect(verdict.code == "algorithm_mismatch") }
        }
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
