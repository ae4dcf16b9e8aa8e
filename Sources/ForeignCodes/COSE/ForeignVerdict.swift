/// What is said of another issuer's code; it holds no name, no birth date and no identity number.
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

    package let profile: ForeignProfile
    /// Whether every stage held.
    package let isAccepted: Bool
    /// `ok`, or the code of the first stage that failed.
    package let code: String
    package let stages: [StageReport]
    package let issuer: Issuer?
    /// The kinds of health entries in the code, once its signature held.
    package let entryKinds: [HealthEntryKind]
    /// Unix seconds, once the signature held.
    package let expiresAt: UInt64?
    package let warnings: [String]

    /// The result of one stage; skipped for a stage the profile does not have.
    package func result(of stage: ForeignStage) -> ForeignStageResult {
        stages.first { $0.stage == stage }?.result ?? .skipped
    }
}
