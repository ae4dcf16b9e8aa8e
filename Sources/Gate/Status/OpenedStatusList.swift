import Credential

/// An open status list, with its signers and its least issue time from the bundle.
struct OpenedStatusList: Sendable {
    let reference: StatusListReference
    let list: MappedStatusList
    /// The trust list's records of the key that signed it.
    let signers: [IssuerRecord]
    /// The least `iat` that the bundle and the gate's memory require.
    let issuedAtMin: UInt64

    /// Whether the list is older than its bundle, or than a list of this name that the gate has seen.
    ///
    /// A set bit of an outdated list still counts, since a set bit is never cleared; a clear bit proves nothing.
    var isOutdated: Bool { list.issuedAt < issuedAtMin }

    /// Throws `clock_before_bundle` if the list was signed later than now by more than the skew.
    func checkNotAhead(of now: UInt64, skewSeconds: UInt64) throws(BundleError) {
        try SignedTime.check(
            list.issuedAt, of: "the status list \(reference.name)", at: now, skewSeconds: skewSeconds)
    }

    /// The error for a list that ``isOutdated``.
    ///
    /// It is `status_unknown`, not `bundle_rollback`: the bundle and its other lists are good, and only the status of
    /// this list's codes is unknown.
    var outdated: BundleError {
        BundleError(
            code: .statusUnknown,
            reason: "the status list \(reference.name) of \(list.issuedAt) is older than the bundle or than a list of"
                + " \(issuedAtMin), which this gate has seen",
            hint: "fetch the newest bundle with its status lists")
    }
}
