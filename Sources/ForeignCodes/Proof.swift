/// The evidence that a check passed; only the initializer that runs the check makes it.
///
/// An accept is made from the proofs of every check, so code that forgets a check does not compile.
package protocol Proof: Sendable {
    /// The checks of one source, or of the gate itself; the tests cover each case.
    associatedtype Check: Hashable, CaseIterable, Sendable

    /// The check that this proves.
    static var check: Check { get }
}
