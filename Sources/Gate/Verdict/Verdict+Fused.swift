extension Verdict {
    /// One verdict about one scan: the worst of its codes', or all that the accepted ones say together.
    ///
    /// There must be at least one.
    package static func fused(_ verdicts: [Verdict]) -> Verdict {
        // What is wrong is told by the code that it is wrong with.
        let telling = verdicts.filter { !$0.isRefusedForAnother }
        guard var result = (telling.isEmpty ? verdicts : telling).max(by: { $0.outcome < $1.outcome }) else {
            return Verdict(.noCode)
        }
        guard result.outcome == .accept, verdicts.count > 1 else { return result }
        // The project's own code says most: what it lacks comes from the others.
        if let own = verdicts.first(where: { $0.pseudonym != nil }) { result = own }
        for verdict in verdicts where verdict != result {
            result.fused.merge(verdict.fused) { first, _ in first }
            result.insurance = result.insurance ?? verdict.insurance
            result.freshness = result.freshness ?? verdict.freshness
            result.terminalNumber = result.terminalNumber ?? verdict.terminalNumber
            result.stages += verdict.stages
            result.warnings += verdict.warnings.filter { !result.warnings.contains($0) }
        }
        return result
    }
}
