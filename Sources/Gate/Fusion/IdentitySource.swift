/// One kind of code that identifies a person: the adapter for one source of a fused verdict.
///
/// Several threads use an adapter at once; an adapter reads no clock.
protocol IdentitySource: Sendable {
    /// The `source` in a verdict's `fused`.
    var name: String { get }

    /// Whether a scanned payload looks like this kind of code.
    func recognises(_ payload: [UInt8]) -> Bool

    /// Whether a refused code of this kind keeps the gate closed for a sound code beside it.
    ///
    /// If every refused text did, a sticker beside the gate would close it for everybody.
    func closesWhenRefused(_ payload: [UInt8], _ findings: Findings) -> Bool

    /// Checks one payload and identifies its holder; a source that cannot decide refuses with an undecided code.
    ///
    /// The gate has already checked its bundle's term, and names the bundle in the verdict.
    ///
    /// - Parameters:
    ///   - payload: the scanned bytes, of this source's kind.
    ///   - now: seconds since 1970-01-01T00:00:00Z.
    ///   - findings: receives the facts that the checks find, also about a refused code.
    /// - Returns: the proofs of all checks.
    /// - Throws: the refusal of the first failed check.
    func accepted(_ payload: [UInt8], at now: UInt64, _ findings: inout Findings) throws(Refusal) -> Accepted

    /// Notes the time of the holder's device for a code that was refused before that time was checked.
    ///
    /// A gate whose clock is a day off refuses every code for its life, its key or the bundle's end. It still compares
    /// the phones' clocks with its own, so that the guard learns which clock is wrong. The refusal stays the same.
    func noteDeviceTime(_ payload: [UInt8], at now: UInt64, _ findings: inout Findings)
}
