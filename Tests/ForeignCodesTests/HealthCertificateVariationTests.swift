import Encoding
import Signing
import Testing

@testable import ForeignCodes
@testable import Gate

@Suite("A health certificate in another issuer's form")
struct HealthCertificateVariationTests {
    private let key: SigningKey
    private let trust: ForeignTrust
    private var kid: [UInt8] { Array(DigestAlgorithm.sha256.digest(key.verificationKey.spki).prefix(8)) }

    init() throws {
        key = try .generate(.es256)
        trust = try ForeignTrust(key.verificationKey.pem())
    }

    private func verdict(_ change: (inout HealthCode) -> Void) throws -> ForeignVerdict {
        var code = HealthCode()
        code.protected = [(1, .integer(-7)), (4, .byteString(kid))]
        change(&code)
        return ForeignVerifier.verdict(try code.text(key), profile: .hcert, trust: trust, at: HealthCode.clock)
    }

    @Test("is accepted where the specification leaves the issuer free")
    func accepted() throws {
        let variations: [(name: String, change: (inout HealthCode) -> Void)] = [
            ("plain", { _ in }),
            (
                "kid in the unprotected header",
                {
                    $0.protected.removeLast()
                    $0.unprotected = [(4, .byteString(self.kid))]
                }
            ),
            ("a false kid beside the protected one", { $0.unprotected = [(4, .byteString([1]))] }),
            ("ES256 by its number for P-256 alone", { $0.protected[0].1 = .integer(-9) }),
            ("crit with a parameter that is understood", { $0.protected.append((2, .array([.integer(4)]))) }),
            ("a content type", { $0.protected.append((3, .unsigned(60))) }),
            ("no tag", { $0.tags = [] }),
            ("tagged as CWT", { $0.tags = [18, 61] }),
            ("the payload tagged as CWT", { $0.payloadTags = [61] }),
            (
                "times with a fraction",
                {
                    $0.issuedAt = .float(Double(HealthCode.clock) - 0.5)
                    $0.expiresAt = .float(Double(HealthCode.clock) + 0.5)
                }
            ),
            ("the last second of its life", { $0.expiresAt = .unsigned(HealthCode.clock) }),
            ("the first version", { $0.version = "1.0.0" }),
            ("a later patch of the last", { $0.version = "1.3.2" }),
            ("groups left out as null", { $0.extra = [("t", .null), ("r", .null)] }),
            ("members nobody knows", { $0.extra = [("x", .text("y"))] }),
        ]
        for (name, change) in variations {
            let verdict = try verdict(change)
            #expect(verdict.isAccepted, "\(name): \(verdict.code) \(verdict.stages)")
            #expect(verdict.warnings.isEmpty && verdict.reason == nil && verdict.hint == nil, "\(name)")
        }
    }

    @Test("is accepted with a warning where only the unprotected header names the algorithm")
    func unprotectedAlgorithm() throws {
        for emptyHeader: [UInt8] in [[], [0xA0]] {
            let verdict = try verdict {
                $0.protected = []
                $0.emptyHeader = emptyHeader
                $0.unprotected = [(1, .integer(-7)), (4, .byteString(kid))]
            }
            #expect(verdict.isAccepted && verdict.warnings == ["unprotected_algorithm"])
        }
        let verdict = try verdict { $0.unprotected = [(1, .integer(-37))] }
        #expect(verdict.isAccepted && verdict.warnings.isEmpty, "the protected algorithm counts")
    }

    @Test("is refused at the stage that is at fault")
    func refused() throws {
        let faults: [(stage: ForeignStage, code: String, change: (inout HealthCode) -> Void)] = [
            (.signature, "algorithm_mismatch", { $0.protected[0].1 = .integer(-37) }),
            (.signature, "unknown_issuer", { $0.protected.removeLast() }),
            (
                .signature, "unknown_issuer",
                {
                    $0.protected[1].1 = .byteString([1])
                    $0.unprotected = [(4, .byteString(self.kid))]
                }
            ),
            (.expiration, "expired", { $0.expiresAt = .unsigned(HealthCode.clock - 1) }),
            (.expiration, "expired", { $0.expiresAt = .float(Double(HealthCode.clock) - 0.5) }),
            (.expiration, "not_yet_valid", { $0.issuedAt = .unsigned(HealthCode.clock + 301) }),
            (.cbor, "malformed", { $0.expiresAt = .text("tomorrow") }),
            (.schema, "unsupported_version", { $0.version = "2.0.0" }),
            (.schema, "malformed", { $0.version = "1.3" }),
            (.schema, "malformed", { $0.extra = [("t", .array([.record([("tg", .text("840539006"))])]))] }),
            (.cose, "malformed", { $0.tags = [17] }),
            (
                .cose, "malformed",
                { $0.protected += [(2, .array([.integer(99)])), (99, .null)] }
            ),
            (.cose, "malformed", { $0.unprotected = [(2, .array([.integer(1)]))] }),
            (.signature, "algorithm_mismatch", { $0.protected[0].1 = .integer(-19) }),
            (.signature, "algorithm_mismatch", { $0.protected[0].1 = .integer(-51) }),
            (.signature, "algorithm_mismatch", { $0.protected[0].1 = .text("ES256") }),
        ]
        for fault in faults {
            let verdict = try verdict(fault.change)
            #expect(!verdict.isAccepted && verdict.code == fault.code, "\(fault.stage) \(verdict.code)")
            #expect(verdict.result(of: fault.stage) == .failed, "\(fault.stage)")
            #expect(verdict.reason != nil && verdict.hint != nil, "\(fault.stage)")
        }
        let text = try HealthCode(protected: [(1, .integer(-7)), (4, .byteString(kid))]).text(key)
        func stage(_ text: String) -> ForeignStage? {
            ForeignVerifier.verdict(text, profile: .hcert, trust: trust, at: HealthCode.clock)
                .stages.first { $0.result == .failed }?.stage
        }
        #expect(stage(String(text.dropFirst(4))) == .unprefix && stage("hc1:" + text.dropFirst(4)) == .unprefix)
        #expect(stage("HC1:" + text.dropFirst(4).lowercased()) == .base45)
        #expect(stage("HC1:" + Base45.encode([0xD2, 0x84])) == .zlib)
    }

    @Test("counts under a key whose PEM block has text before it")
    func textBeforePEM() throws {
        let text = try HealthCode(protected: [(1, .integer(-7)), (4, .byteString(kid))]).text(key)
        for before in ["Bag Attributes\n    friendlyName: {issuer}\n", "{not JSON}\r\n", "[1]\n\n", "0\n", "4142\n"] {
            let trust = try ForeignTrust(Array(before.utf8) + key.verificationKey.pem())
            let verdict = ForeignVerifier.verdict(text, profile: .hcert, trust: trust, at: HealthCode.clock)
            #expect(verdict.isAccepted, "\(before)")
        }
        #expect(throws: ForeignTrustError.self) { try ForeignTrust(Array("text -----BEGIN PUBLIC KEY-----\n".utf8)) }
    }

    @Test("counts under any of the keys that share an identifier")
    func sharedIdentifier() throws {
        let other = try SigningKey.generate(.es256)
        let both = ForeignTrust(
            keys: [
                ForeignKey(key: other.verificationKey, identifiers: [kid]),
                ForeignKey(key: key.verificationKey, identifiers: [kid]),
            ])
        let text = try HealthCode(protected: [(1, .integer(-7)), (4, .byteString(kid))]).text(key)
        #expect(ForeignVerifier.verdict(text, profile: .hcert, trust: both, at: HealthCode.clock).isAccepted)
    }
}
