import Credential

/// A status list as a gate has it open, with what its bundle says of it.
struct OpenedStatusList: Sendable {
    let reference: StatusListReference
    let list: MappedStatusList
    /// The trust list's records of the key that signed it.
    let signers: [IssuerRecord]
    /// The least `iat` that the bundle and what the gate has seen ask for.
    let issuedAtMin: UInt64

    /// Whether it is older than its bundle, or than a list of this name that the gate has seen.
    ///
    /// A set bit of such a list counts all the same, since none is ever unset; an unset one says nothing.
    var isOutdated: Bool { list.issuedAt < issuedAtMin }

    /// Why nothing is decided from it while it ``isOutdated``.
    ///
    /// That is `status_unknown` and not `bundle_rollback`: the bundle and its other lists are good, and it is only the
    /// codes of this list that nobody can tell the status of.
    var outdated: BundleError {
        BundleError(
            code: .statusUnknown,
            reason: "the status list \(reference.name) of \(list.issuedAt) is older than the bundle or than a list of"
                + " \(issuedAtMin), which this gate has seen",
            hint: "fetch the newest bundle with its status lists")
    }
}
