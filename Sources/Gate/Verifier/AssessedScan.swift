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
        codes = [AssessedCode(.failure(refusal), of: [], findings: Findings(scene: scene), closesWhenRefused: true)]
        together = .failure(refusal)
    }

    /// The payload of each verdict, in order; texts that were passed over are not among them.
    package var payloads: [[UInt8]] { codes.map(\.payload) }

    /// Whether each verdict must be considered for codes that come into view later.
    package var closesWhenRefused: [Bool] { codes.map { $0.refusal == nil || $0.closesWhenRefused } }
}

/// One code on its way to a verdict: any step can refuse it, and a refused code stays refused.
struct AssessedCode: Sendable {
    private(set) var answer: Result<AcceptedCode, Refusal>
    let payload: [UInt8]
    var findings: Findings
    /// Whether the code keeps the gate closed when it is refused; if not, it is passed over beside a code that counts.
    let closesWhenRefused: Bool
    /// Whether the code itself is sound, but another code of the scan was refused.
    private(set) var isRefusedForAnother = false

    init(_ answer: Result<AcceptedCode, Refusal>, of payload: [UInt8], findings: Findings, closesWhenRefused: Bool) {
        self.answer = answer
        self.payload = payload
        self.findings = findings
        self.closesWhenRefused = closesWhenRefused
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
