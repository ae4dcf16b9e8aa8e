/// The verdict on another issuer's code; it contains no name, birth date or identity number.
package struct ForeignVerdict: Sendable, Equatable {
    /// One stage with its result.
    package struct StageReport: Sendable, Equatable {
        package let stage: ForeignStage
        package let result: ForeignStageResult
    }

    /// The signer, if the signature is valid.
    package struct Issuer: Sendable, Equatable {
        /// The issuer claim: a country for health certificates.
        package let iss: String?
        /// The key identifier as the code carries it.
        package let kid: [UInt8]?
        package let algorithm: String
    }

    private enum Answer: Equatable {
        case accepted
        case refused(ForeignFailure)
    }

    private let answer: Answer
    package let profile: ForeignProfile
    package let stages: [StageReport]
    package let issuer: Issuer?
    /// The kinds of health entries in the code, if its signature is valid.
    package let entryKinds: [HealthEntryKind]
    /// Unix seconds, if the signature is valid.
    package let expiresAt: UInt64?
    package let warnings: [String]

    /// Accepts a code: the only way to an accept, from the proofs of all its checks.
    init(
        accepting proofs: ForeignProofs, profile: ForeignProfile, stages: [StageReport], signer: ForeignSigner,
        entryKinds: [HealthEntryKind], warnings: [String]
    ) {
        answer = .accepted
        (self.profile, self.stages, self.entryKinds, self.warnings) = (profile, stages, entryKinds, warnings)
        (issuer, expiresAt) = (signer.issuer, signer.expiresAt)
    }

    init(
        refused failure: ForeignFailure, profile: ForeignProfile, stages: [StageReport], signer: ForeignSigner?,
        entryKinds: [HealthEntryKind], warnings: [String]
    ) {
        answer = .refused(failure)
        (self.profile, self.stages, self.entryKinds, self.warnings) = (profile, stages, entryKinds, warnings)
        (issuer, expiresAt) = (signer?.issuer, signer?.expiresAt)
    }

    package var isAccepted: Bool { answer == .accepted }

    /// `ok`, or the code of the first stage that failed.
    package var code: String {
        switch answer {
        case .accepted: "ok"
        case .refused(let failure): failure.code.rawValue
        }
    }

    /// The result of one stage; skipped for a stage the profile does not have.
    package func result(of stage: ForeignStage) -> ForeignStageResult {
        stages.first { $0.stage == stage }?.result ?? .skipped
    }
}

extension ForeignVerdict {
    /// The reason of the first failed stage; nil if no stage failed.
    package var reason: String? {
        guard case .refused(let failure) = answer,
            let stage = stages.first(where: { $0.result == .failed })?.stage
        else { return nil }
        return failure.reason ?? Self.reason(stage, code)
    }

    /// The reason of a failure that has none of its own.
    private static func reason(_ stage: ForeignStage, _ code: String) -> String {
        switch (stage, code) {
        case (.unprefix, _): "the text does not begin with HC1:, or is too long for a QR code"
        case (.base45, _): "the text is not Base45, or is too long for a QR code"
        case (.zlib, _): "the text's bytes cannot be unpacked, or unpack to more than the limit"
        case (.cose, _): "the text's bytes are not a COSE_Sign1 with its payload"
        case (.cbor, _): "the signed content is not the claims of this profile"
        case (.signature, "unknown_issuer"): "no key of the trust file matches the code's identifier or signature"
        case (.signature, "algorithm_mismatch"): "the code names an algorithm that differs from its key's"
        case (.signature, _): "the signature was not made by the key that the code names"
        case (.expiration, "key_expired"): "the certificate that signed the code has expired"
        case (.expiration, "not_yet_valid"): "the code, or the certificate that signed it, is not valid yet"
        case (.expiration, "malformed"): "neither the code nor the key that signed it has an expiry time"
        case (.expiration, _): "the code has expired"
        case (.keyusage, _): "the certificate may not sign entries of this kind"
        case (.schema, _): "the content does not follow the profile's schema"
        case (.valueSets, _): "the content has a code that is not in its value set"
        }
    }
}
