import ForeignCodes

/// The times of all showings are compared with this machine's clock.
///
/// A wrong clock gives a warning, and never a refusal by itself. A showing's time counts if its signature or link is
/// valid, even if the code is refused.
struct ClockCompared: Proof {
    static let check = ScanCheck.clock

    init(_ codes: inout [AssessedCode], by watch: ClockWatch) {
        for index in codes.indices {
            guard let witness = codes[index].findings.clockWitness, let trouble = watch.note(witness) else { continue }
            codes[index].findings.warnings.append(trouble.warning)
            codes[index].findings.freshness?.clockOffsetSeconds = trouble.offsetSeconds
            codes[index].blameClock()
        }
    }
}
