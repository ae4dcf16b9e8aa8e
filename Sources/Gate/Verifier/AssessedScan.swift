/// A scan whose codes are checked each by itself and together, and not against the gate's memory yet.
///
/// It is no verdict: only ``Verifier/settle(_:at:)`` makes one of it.
package struct AssessedScan: Sendable {
    let codes: [AssessedCode]
    let together: Result<TogetherProofs, Refusal>

    init(_ codes: [AssessedCode], together: Result<TogetherProofs, Refusal>) {
        self.codes = codes
        self.together = together
    }

    /// A scan in which nothing can be checked.
    package init(refused refusal: Refusal, scene: String) {
        codes = [AssessedCode(.failure(refusal), findings: Findings(scene: scene))]
        together = .failure(refusal)
    }
}

/// One code on its way to a verdict: it can be refused at any step, and never be accepted again.
struct AssessedCode: Sendable {
    private(set) var answer: Result<AcceptedCode, Refusal>
    var findings: Findings
    /// Whether nothing is wrong with the code itself, and one beside it was refused.
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

    /// Refuses an accepted code because of one that was shown with it; a refused one stays as it is.
    mutating func refuseBeside(_ other: Refusal) {
        guard refusal == nil else { return }
        answer = .failure(other.besideAnother)
        isRefusedForAnother = true
    }

    /// Adds to a refusal for a time that this machine's clock is the likely cause.
    mutating func blameClock() {
        guard let refusal, refusal.code.dependsOnClock else { return }
        answer = .failure(refusal.blamingClock)
    }
}
