extension Verdict {
    /// One verdict about one scan: the worst verdict of its codes, or the combined findings if all are accepted.
    ///
    /// A scan without a code is `no_code`.
    package static func fused(_ verdicts: [Verdict]) -> Verdict {
        // The verdict on the faulty code explains the refusal best.
        let faulty = verdicts.filter { !$0.isRefusedForAnother }
        guard let worst = (faulty.isEmpty ? verdicts : faulty).max(by: { $0.outcome < $1.outcome }) else {
            return Verdict(refused: Refusal(.noCode, "nothing was scanned"))
        }
        guard worst.outcome == .accept, verdicts.count > 1 else { return worst }
        // The project's own code has most findings; the other codes add the missing ones.
        let main = verdicts.first { $0.findings.pseudonym != nil } ?? worst
        var result = main
        for verdict in verdicts where verdict != main { result.findings.add(verdict.findings) }
        return result
    }
}

extension Findings {
    /// Adds the findings that another code of the same holder has and this one does not have.
    fileprivate mutating func add(_ other: Findings) {
        fused.merge(other.fused) { first, _ in first }
        insurance = insurance ?? other.insurance
        freshness = freshness ?? other.freshness
        terminalNumber = terminalNumber ?? other.terminalNumber
        stages += other.stages
        warnings += other.warnings.filter { !warnings.contains($0) }
    }
}
