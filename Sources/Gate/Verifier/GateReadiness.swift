/// What a gate knows of itself at one time, for the people who look after it.
package struct GateReadiness: Sendable, Equatable {
    /// The bundle and its age.
    package let trust: Findings.Trust
    /// The warnings that every verdict bears.
    package let warnings: [String]
    /// Whether the gate has epoch keys that it may use.
    package let hasKeys: Bool
    /// The reason why the gate can accept no code: the bundle has ended, or the clock is behind; nil where it can.
    package let refusal: Refusal?
}
