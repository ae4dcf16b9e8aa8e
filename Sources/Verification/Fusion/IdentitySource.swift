/// One kind of code that says who somebody is: an adapter that every source of a fused verdict has.
///
/// Adapters are used by several threads at once and read no clock.
package protocol IdentitySource: Sendable {
    /// The `source` in a verdict's `fused`.
    var name: String { get }

    /// Whether a scanned payload is of this kind, told from its outside.
    func recognises(_ payload: [UInt8]) -> Bool

    /// Checks one payload and says who it is about; a source that cannot tell answers undecided, never accept.
    func assess(_ payload: [UInt8], at now: UInt64) -> Assessment
}
