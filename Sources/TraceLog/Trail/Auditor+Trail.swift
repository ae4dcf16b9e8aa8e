extension Auditor {
    /// Audits a log of acts, and compares the operator's trail with the hashes that it states.
    ///
    /// - Parameter next: gives the trail's lines one after another, from the first on; nil after the last.
    /// - Returns: the report, the checkpoint's note where it could be read, and the number of lines after the last one
    ///   that the log states.
    /// - Throws: `AuditSourceError` when the log could not be read; the error of `next`.
    package func auditTrail(
        _ next: () throws -> TrailLine?
    ) async throws -> (report: AuditReport, note: SignedNote?, newLineCount: UInt64) {
        let outcome = try await audit(watching: ObjectKey(ActTerm.trail.stream))
        var findings = outcome.report.findings
        var hash = TrailLine.start
        var number: UInt64 = 0
        var following = try next()
        for (entry, link) in outcome.watched {
            guard case .act(let act) = entry.event, act.term == .trail, let last = UInt64(act.values[1]) else {
                continue
            }
            while let line = following, line.number <= last {
                guard line.number > number else { throw TraceLogError.trailOrder }
                hash = line.hash(after: hash)
                number = line.number
                following = try next()
            }
            guard number == last, act.values[0] == hash.hexText else {
                findings.append(
                    AuditFinding(
                        .trailMismatch, index: link.index, object: entry.object.bytes,
                        detail: number < last && following == nil
                            ? "the log states line \(last) of the trail, and the trail ends before it"
                            : "the trail's lines up to \(last) do not lead to the hash that the log states"))
                break
            }
        }
        var newLineCount: UInt64 = 0
        while following != nil {
            newLineCount += 1
            following = try next()
        }
        return (outcome.report.with(findings), outcome.note, newLineCount)
    }
}

extension TraceLogError {
    fileprivate static var trailOrder: TraceLogError {
        TraceLogError(
            code: .malformedTrail, reason: "the trail's lines are not in the order of their numbers",
            hint: "print the trail anew with `suishen audit`, without --subject")
    }
}
