/// A scan whose codes were checked one by one and together, but not yet against the gate's memory.
///
/// It is not a verdict: ``Verifier/settle(_:at:)`` makes the verdicts.
package struct AssessedScan: Sendable {
    let codes: [AssessedCode]
    let together: Result<TogetherProofs, Refusal>

    init(_ codes: [AssessedCode], together: Result<TogetherProofs, Refusal>) {
        self.codes = codes
        self.together = together
    }

    /// Makes a scan that is refused before any code is checked.
    package init(refused refusal: Refusal, scene: String) {
        codes = [AssessedCode(.failure(refusal), findings: Findings(scene: scene))]
        together = .failure(refusal)
    }
}

/// One code on its way to a verdict: any step can refuse it, and a refused code stays refused.
struct AssessedCode: Sendable {
    private(set) var answer: Result<AcceptedCode, Refusal>
    var findings: Findings
    /// Whether the code itself is sound, but another code of the scan was refused.
    private(set) var isRefusedForAnother = false

    init(_ answer: Result<AcceptedCode, Refusal>, findings: Findings) {
        self.answer = answer
        self.findings = findings
    }

    /// Why the code is refused so far; nil while it is not.
    var refusal: Refusal? {
        if case .failure(let refusal) = answer { refusal } else { nil }
    }

    mutating func refuse(_ refusal: Refusal) {
        answer = .failure(refusal)
    }

    /// Refuses a sound code because another code of the scan was refused; a refused code keeps its refusal.
    mutating func refuseBeside(_ other: Refusal) {
        guard refusal == nil else { return }
        answer = .failure(other.besideAnother)
        isRefusedForAnother = true
    }

    /// Adds to a refusal that depends on time that this machine's clock is the likely cause.
    mutating func blameClock() {
        guard let refusal, refusal.code.dependsOnClock else { return }
        answer = .failure(refusal.blamingClock)
    }
}
