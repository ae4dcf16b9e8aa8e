/// What a check returns when it holds: the only way to it is the initializer that does the check.
///
/// An accept is made from proofs of every check, so that code which forgets a check does not compile.
package protocol Proof: Sendable {
    /// The checks of one source, or of the gate itself; tests have a case for each.
    associatedtype Check: Hashable, CaseIterable, Sendable

    /// The check that this proves.
    static var check: Check { get }
}
