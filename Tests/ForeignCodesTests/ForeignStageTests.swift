import Encoding
import Signing
import TestSupport
import Testing

@testable import ForeignCodes

@Suite("An accept of another issuer's code")
struct ForeignStageTests {
    private let key: SigningKey
    private let stranger: SigningKey
    private let trust: ForeignTrust

    init() throws {
        (key, stranger) = try (.generate(.es256), .generate(.es256))
        trust = try ForeignTrust(key.verificationKey.pem())
    }

    private func text(by signer: SigningKey? = nil, _ change: (inout HealthCode) -> Void = { _ in }) throws -> String {
        let identifier = Array(DigestAlgorithm.sha256.digest(key.verificationKey.spki).prefix(8))
        var code = HealthCode(protected: [(1, .integer(-7)), (4, .byteString(identifier))])
        change(&code)
        return try code.text(signer ?? key)
    }

    /// A health certificate at which exactly this stage does not hold; a stage without a case does not compile.
    private func fault(_ stage: ForeignStage) throws -> (text: String, code: ForeignFailure.Code)? {
        switch stage {
        case .unprefix: (try String(text().dropFirst(4)), .malformed)
        case .base45: (try "HC1:" + text().dropFirst(4).lowercased(), .malformed)
        case .zlib: ("HC1:" + Base45.encode([0xD2, 0x84]), .malformed)
        case .cose: (try text { $0.tags = [17] }, .malformed)
        case .cbor: (try text { $0.expiresAt = .text("tomorrow") }, .malformed)
        case .signature: (try text(by: stranger), .badSignature)
        case .expiration: (try text { $0.expiresAt = .unsigned(HealthCode.clock - 1) }, .expired)
        // Needs a certificate: `HealthCertificateKeyTests.keyUsage` has the cases.
        case .keyusage: nil
        // Needs value sets: `HealthValueSetTests.fields` has the cases.
        case .valueSets: nil
        case .schema: (try text { $0.version = "1.3" }, .malformed)
        }
    }

    @Test("needs every stage", arguments: ForeignStage.allCases)
    func everyStage(stage: ForeignStage) throws {
        guard let fault = try fault(stage) else { return }
        let verdict = ForeignVerifier.verdict(fault.text, profile: .hcert, trust: trust, at: HealthCode.clock)
        #expect(!verdict.isAccepted && verdict.code == fault.code.rawValue)
        #expect(verdict.stages.first { $0.result != .ok }?.stage == stage)
        let sound = ForeignVerifier.verdict(try text(), profile: .hcert, trust: trust, at: HealthCode.clock)
        #expect(sound.isAccepted && sound.code == "ok" && sound.stages.allSatisfy { $0.result == .ok })
    }

    @Test("rests on a proof of each stage of its profile")
    func everyProof() throws {
        var log = ForeignStageLog(.hcert)
        let token = try #require(ForeignToken(try text(), log: &log))
        let certificate = try HealthCertificate(token)
        let signed = try ForeignSigned(token, in: trust, isIdentifierRequired: true) { _ in true }
        let schema = try HealthCertificateShaped(certificate)
        let health = HealthCertificateProofs(
            token: token, certificate: certificate, signature: signed,
            time: try HealthCertificateInTime(
                token.claims, expiresAt: token.claims.expiresAt, signed, at: HealthCode.clock),
            use: try KeyMaySign(certificate, signed), schema: schema,
            values: try HealthValuesListed(certificate, schema, in: nil))
        #expect(Self.stages(in: health) == Set(ForeignProfile.hcert.stages))
    }

    private static func stages(in value: Any) -> Set<ForeignStage> {
        func stage(of proof: some Proof) -> ForeignStage? { type(of: proof).check as? ForeignStage }
        return Set(reflectedParts(of: value).compactMap { $0 as? any Proof }.compactMap { stage(of: $0) })
    }

    @Test("cannot come of a failure: no failure is called ok")
    func codes() {
        #expect(!ForeignFailure.Code.allCases.map(\.rawValue).contains("ok"))
    }
}
