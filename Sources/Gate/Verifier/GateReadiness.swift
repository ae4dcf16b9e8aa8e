/// What a gate knows of itself at one time, for the people who look after it.
package struct GateReadiness: Sendable, Equatable {
    /// The bundle and its age.
    package let trust: Findings.Trust
    /// The warnings that every verdict bears.
    package let warnings: [String]
    /// Whether the gate has epoch keys that it may use.
    package let hasKeys: Bool
    /// Why no code can be accepted, whatever it is: the bundle has ended, or the clock is behind; otherwise nil.
    package let refusal: Refusal?
}
