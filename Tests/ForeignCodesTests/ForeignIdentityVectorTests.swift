import Encoding
import TestSupport
import Testing

@testable import ForeignCodes

@Suite("Identity codes under claim 169")
struct ForeignIdentityVectorTests {
    private static let folder = ProjectFiles.shared + "/vectors/claim169"
    private static let names = ["bad-base45", "ecdsa-p256-signed", "ed25519-signed", "expired", "minimal"]
    /// Between the vectors' issue and their expiry.
    private static let clock: UInt64 = 1_750_000_000

    private func verdict(_ name: String, at now: UInt64 = clock) throws -> ForeignVerdict {
        let value = try JSONValue.parse(try ProjectFiles.bytes("\(Self.folder)/\(name).json"), byteCountMax: 1 << 16)
        let key = value["signing_key"]?["public_key_hex"]?.string
        let trust = try key.map { try ForeignTrust(Array($0.utf8)) } ?? ForeignTrust(keys: [])
        return ForeignVerifier.verdict(
            try #require(value["qr_data"]?.string), profile: .claim169, trust: trust, at: now)
    }

    @Test("end as their makers say", .enabled(if: ProjectFiles.exists(folder)))
    func all() throws {
        print("claim 169: \(Self.names.count) cases")
        #expect(try verdict("bad-base45").code == "malformed")
        #expect(try verdict("bad-base45").result(of: .base45) == .failed)
        for name in ["ecdsa-p256-signed", "ed25519-signed"] {
            let verdict = try verdict(name)
            #expect(verdict.isAccepted && verdict.code == "ok")
            #expect(verdict.issuer?.iss == "https://mosip.example.org")
            #expect(verdict.expiresAt == 1_800_000_000)
        }
        #expect(try verdict("ed25519-signed", at: 1_900_000_000).code == "expired")
        #expect(try verdict("ed25519-signed", at: 1_600_000_000).code == "not_yet_valid")
    }

    @Test("that nobody signed with a known key are read but never accepted", .enabled(if: ProjectFiles.exists(folder)))
    func unsigned() throws {
        for name in ["expired", "minimal"] {
            let verdict = try verdict(name)
            #expect(!verdict.isAccepted)
            #expect(verdict.code == "unknown_issuer")
            #expect(verdict.result(of: .schema) == .ok)
            #expect(verdict.result(of: .expiration) == (name == "expired" ? .failed : .ok))
        }
    }
}
