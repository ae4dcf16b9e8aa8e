/// One step from a scanned text to a verdict on another issuer's code.
package enum ForeignStage: String, Sendable, CaseIterable {
    case unprefix, base45, zlib, cose, cbor, signature, expiration, keyusage, schema
}

/// The result of one step.
package enum ForeignStageResult: String, Sendable {
    case ok, failed
    /// A step before it failed, so that there was nothing to check.
    case skipped
}

/// Collects stage results as they come and makes the verdict; the first failure gives the code.
struct ForeignStageLog {
    let profile: ForeignProfile
    private(set) var code = "ok"
    private var results: [ForeignStage: ForeignStageResult] = [:]
    private var warnings: [String] = []

    init(_ profile: ForeignProfile) {
        self.profile = profile
    }

    mutating func pass(_ stage: ForeignStage) {
        results[stage] = .ok
    }

    mutating func fail(_ stage: ForeignStage, _ failure: String) {
        results[stage] = .failed
        if code == "ok" { code = failure }
    }

    /// Notes a check that gives nil when it holds, else the code of what is wrong.
    mutating func note(_ stage: ForeignStage, _ failure: String?) {
        if let failure { fail(stage, failure) } else { pass(stage) }
    }

    mutating func warn(_ warning: String) {
        warnings.append(warning)
    }

    func verdict(
        issuer: ForeignVerdict.Issuer? = nil, entryKinds: [HealthEntryKind] = [], expiresAt: UInt64? = nil
    ) -> ForeignVerdict {
        let stages = profile.stages.map {
            ForeignVerdict.StageReport(stage: $0, result: results[$0] ?? .skipped)
        }
        let isAccepted = stages.allSatisfy { $0.result == .ok }
        return ForeignVerdict(
            profile: profile, isAccepted: isAccepted, code: code, stages: stages, issuer: issuer,
            entryKinds: entryKinds, expiresAt: expiresAt, warnings: warnings)
    }
}
