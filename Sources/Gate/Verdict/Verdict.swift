/// A gate's answer about one code or scan; `json` is its printed form.
///
/// Every verdict has an answer, and no verdict starts as accepted: one initializer takes a refusal, the other takes the
/// proofs of all checks. Nothing can change the answer afterwards.
package struct Verdict: Sendable, Equatable {
    private enum Answer: Equatable {
        case accepted
        case refused(Refusal)
    }

    private let answer: Answer
    /// The facts about the code; commands may add to them, and they do not change the answer.
    package var findings: Findings
    package var elapsedMicroseconds: UInt64?
    /// The number of the stream's line that the verdict answers; the first line is 1.
    package var line: Int?
    /// The first 8 bytes of SHA-256 of the scanned bytes, so that a verdict can be matched to its scan.
    package var digest: [UInt8]?
    /// Whether the code itself is sound, but another code of the scan was refused; never printed.
    let isRefusedForAnother: Bool

    /// Refuses.
    ///
    /// - Parameters:
    ///   - refusal: the code and reason of the refusal.
    ///   - findings: the facts known about the code.
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
    ///   - findings: the facts known about the code.
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
    /// The fix for a refusal; nil for an accept.
    package var hint: String? { refusal.map { $0.hint ?? $0.code.hint } }

    package var outcome: VerdictOutcome {
        switch answer {
        case .accepted: .accept
        case .refused(let refusal): refusal.code.outcome
        }
    }
}
