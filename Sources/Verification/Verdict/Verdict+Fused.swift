extension Verdict {
    /// One verdict about one scan: the worst of its codes', or all that the accepted ones say together.
    ///
    /// There must be at least one.
    package static func fused(_ verdicts: [Verdict]) -> Verdict {
        guard var result = verdicts.max(by: { $0.outcome < $1.outcome }) else { return Verdict(.noCode) }
        guard result.outcome == .accept else { return result }
        for verdict in verdicts {
            result.fused.merge(verdict.fused) { first, _ in first }
            if result.pseudonym == nil { result.pseudonym = verdict.pseudonym }
        }
        return result
    }
}
