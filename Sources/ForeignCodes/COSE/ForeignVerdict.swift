/// The verdict on another issuer's code; it contains no name, birth date or identity number.
package struct ForeignVerdict: Sendable, Equatable {
    /// One stage with its result.
    package struct StageReport: Sendable, Equatable {
        package let stage: ForeignStage
        package let result: ForeignStageResult
    }

    /// Who signed, as far as it is known; only after the signature held.
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
    /// The kinds of health entries in the code, once its signature held.
    package let entryKinds: [HealthEntryKind]
    /// Unix seconds, once the signature held.
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
        case .refused(let failure): failure.rawValue
        }
    }

    /// The result of one stage; skipped for a stage the profile does not have.
    package func result(of stage: ForeignStage) -> ForeignStageResult {
        stages.first { $0.stage == stage }?.result ?? .skipped
    }
}

extension ForeignVerdict {
    /// What happened at the first stage that failed; nil when none did.
    package var reason: String? {
        guard let stage = stages.first(where: { $0.result == .failed })?.stage else { return nil }
        return switch (stage, code) {
        case (.unprefix, _): "the text does not begin with HC1:, or is longer than a QR code holds"
        case (.base45, _): "the text is no Base45"
        case (.zlib, _): "what the text holds cannot be unpacked, or unpacks to more than a code may hold"
        case (.cose, _): "what the text holds is no COSE_Sign1 with its payload"
        case (.cbor, _): "the signed claims are not those of this profile"
        case (.signature, "unknown_issuer"): "no key of the trust file has the code's identifier or made it"
        case (.signature, "algorithm_mismatch"): "the code names an algorithm that its key does not have"
        case (.signature, _): "the signature does not fit the key that the code names"
        case (.expiration, "key_expired"): "the certificate that signed the code has ended"
        case (.expiration, "not_yet_valid"): "the code, or the certificate that signed it, is not valid yet"
        case (.expiration, "malformed"): "the code says no end, and neither does the key that signed it"
        case (.expiration, _): "the code has ended"
        case (.keyusage, _): "the certificate may not sign entries of this kind"
        case (.schema, _): "the content is not as the profile's schema has it"
        }
    }
}
