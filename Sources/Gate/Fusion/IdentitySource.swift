/// One kind of code that says who somebody is: an adapter that every source of a fused verdict has.
///
/// Adapters are used by several threads at once and read no clock.
protocol IdentitySource: Sendable {
    /// The `source` in a verdict's `fused`.
    var name: String { get }

    /// Whether a scanned payload is of this kind, told from its outside.
    func recognises(_ payload: [UInt8]) -> Bool

    /// Checks one payload and says who it is about; a source that cannot tell refuses with an undecided code.
    ///
    /// The gate has checked its bundle's term already, and says in the verdict what bundle it rests on.
    ///
    /// - Parameters:
    ///   - payload: the scanned bytes, of this source's kind.
    ///   - now: seconds since 1970-01-01T00:00:00Z.
    ///   - findings: gets what the checks find out, also about a code that is refused.
    /// - Returns: the proofs of all checks.
    /// - Throws: the refusal of the first check that does not hold.
    func accepted(_ payload: [UInt8], at now: UInt64, _ findings: inout Findings) throws(Refusal) -> Accepted

    /// Notes the time of the holder's device, where a code was refused before that was looked at.
    ///
    /// A gate whose clock is a day off refuses every code for its life, its key or the bundle's end. It still compares
    /// the phones' clocks with its own, so that the guard learns which is wrong. The refusal stays what it is.
    func noteDeviceTime(_ payload: [UInt8], at now: UInt64, _ findings: inout Findings)
}
