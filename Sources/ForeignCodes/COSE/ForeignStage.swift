/// One step from a scanned text to a verdict on another issuer's code.
package enum ForeignStage: String, Sendable, CaseIterable {
    case unprefix, base45, zlib, cose, cbor, signature, expiration, keyusage, schema
    case valueSets = "value_sets"
}

/// The result of one step.
package enum ForeignStageResult: String, Sendable {
    case ok, failed
    /// An earlier step failed, so there was nothing to check.
    case skipped
}

/// Runs the checks of the stages, and collects their results for the verdict.
struct ForeignStageLog {
    /// The failure of the first failed stage; nil while no stage has failed.
    private(set) var failure: ForeignFailure?
    private var results: [ForeignStage: ForeignStageResult] = [:]
    private var warnings: [String] = []
    let profile: ForeignProfile
    private let reported: [ForeignStage]

    /// A log without results.
    ///
    /// - Parameters:
    ///   - profile: the code's profile, whose stages are reported.
    ///   - hasValueSets: whether there are value sets to check; the stage `value_sets` is reported only then.
    init(_ profile: ForeignProfile, hasValueSets: Bool = false) {
        self.profile = profile
        reported = profile.stages.filter { hasValueSets || $0 != .valueSets }
    }

    /// Runs a check of the stage that it proves.
    ///
    /// - Returns: the proof; nil if the check fails.
    mutating func check<Passed: Proof>(_ check: () throws(ForeignFailure) -> Passed) -> Passed?
    where Passed.Check == ForeignStage {
        do throws(ForeignFailure) {
            let proof = try check()
            results[Passed.check] = .ok
            return proof
        } catch {
            results[Passed.check] = .failed
            if failure == nil { failure = error }
            return nil
        }
    }

    mutating func warn(_ warning: String) {
        warnings.append(warning)
    }

    /// The results of the reported stages, in their order.
    var stages: [ForeignVerdict.StageReport] {
        reported.map { ForeignVerdict.StageReport(stage: $0, result: results[$0] ?? .skipped) }
    }

    /// The verdict on a code with a failed check.
    func refused(_ signer: ForeignSigner? = nil, entryKinds: [HealthEntryKind] = []) -> ForeignVerdict {
        ForeignVerdict(
            refused: failure ?? .malformed, profile: profile, stages: stages, signer: signer, entryKinds: entryKinds,
            warnings: warnings)
    }

    /// The verdict on a code with the proofs of all its checks.
    func accepted(_ proofs: ForeignProofs, _ signer: ForeignSigner, entryKinds: [HealthEntryKind] = [])
        -> ForeignVerdict
    {
        ForeignVerdict(
            accepting: proofs, profile: profile, stages: stages, signer: signer, entryKinds: entryKinds,
            warnings: warnings)
    }
}
