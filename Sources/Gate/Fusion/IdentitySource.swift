/// One kind of code that says who somebody is: an adapter that every source of a fused verdict has.
///
/// Adapters are used by several threads at once and read no clock.
package protocol IdentitySource: Sendable {
    /// The `source` in a verdict's `fused`.
    var name: String { get }

    /// Whether a scanned payload is of this kind, told from its outside.
    func recognises(_ payload: [UInt8]) -> Bool

    /// Checks one payload and says who it is about; a source that cannot tell answers undecided, never accept.
    ///
    /// The gate has looked at its bundle's term already, and says in the verdict what bundle it rests on.
    func assess(_ payload: [UInt8], at now: UInt64) -> Assessment

    /// Notes what the holder's device says the time is, where a code was refused before that was looked at.
    ///
    /// A gate whose clock is a day off refuses every code for its life, its key or the bundle's end; the phones are
    /// heard all the same, so that the guard learns whose clock is wrong. The refusal stays what it is.
    func hear(_ payload: [UInt8], at now: UInt64, _ verdict: inout Verdict)
}
