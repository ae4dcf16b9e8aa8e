/// A gate's answer about one code or scan; `json` is what it prints.
///
/// There is no verdict without an answer, and none that begins as accepted: one initializer takes a refusal, the other
/// takes the proofs of all checks. Afterwards nothing can change the answer.
package struct Verdict: Sendable, Equatable {
    private enum Answer: Equatable {
        case accepted
        case refused(Refusal)
    }

    private let answer: Answer
    /// May be added to by commands; it has no influence on the answer.
    package var findings: Findings
    package var elapsedMicroseconds: UInt64?
    /// Whether nothing is wrong with the code itself, and one beside it was refused; never printed.
    let isRefusedForAnother: Bool

    /// Refuses.
    ///
    /// - Parameters:
    ///   - refusal: why.
    ///   - findings: what is known of the code all the same.
    package init(refused refusal: Refusal, findings: Findings = Findings()) {
        self.init(refused: refusal, findings: findings, isForAnother: false)
    }

    init(refused refusal: Refusal, findings: Findings, isForAnother: Bool) {
        answer = .refused(refusal)
        self.findings = findings
        if let warning = refusal.warning { self.findings.warnings.append(warning) }
        isRefusedForAnother = isForAnother
    }

    /// Accepts one code of a scan: the only way to an accept.
    ///
    /// - Parameters:
    ///   - code: the proofs of the code's own checks.
    ///   - scan: the proofs of the checks that concern the whole scan.
    ///   - findings: what is known of the code.
    init(accepting code: AcceptedCode, in scan: ScanProofs, findings: Findings) {
        answer = .accepted
        self.findings = findings
        self.findings.terminalNumber = code.source.terminalNumber
        isRefusedForAnother = false
    }

    /// Why the gate stays closed; nil when it opens.
    package var refusal: Refusal? {
        if case .refused(let refusal) = answer { refusal } else { nil }
    }

    package var code: VerdictCode { refusal.map { .refused($0.code) } ?? .ok }
    package var reason: String? { refusal?.reason }
    /// What to do about a refusal; nil for an accept.
    package var hint: String? { refusal.map { $0.hint ?? $0.code.hint } }

    package var outcome: VerdictOutcome {
        switch answer {
        case .accepted: .accept
        case .refused(let refusal): refusal.code.outcome
        }
    }
}
