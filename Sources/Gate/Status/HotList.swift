import Credential

/// What hot lists say to a gate: which codes are revoked beside those of the full lists, and how new that is.
struct HotList: Sendable {
    /// A hot list that the gate has had.
    struct News: Sendable {
        let base: UInt64
        let issuedAt: UInt64
        let expiresAt: UInt64
        /// The issuers of its signer's key, also of a key that was struck; none where the key left the trust list.
        let issuers: Set<String>
        /// The records of its signer that may sign status lists.
        let signers: [IssuerRecord]
    }

    /// The newest hot list that the gate took, and the one in its folder.
    let news: [News]
    let revoked: [StatusListReference: Set<UInt32>]
    /// Why the hot list in the folder is not taken; nil where it is, or where there is none.
    let refusal: BundleError?

    /// Whether a hot list has this bit of a full list.
    func isRevoked(_ bit: UInt64, in list: StatusListReference) -> Bool {
        guard !revoked.isEmpty, let bit = UInt32(exactly: bit) else { return false }
        return revoked[list]?.contains(bit) == true
    }

    /// The time up to which the gate knows the revocations of a full list; nil where it has had no hot list of its
    /// issuer.
    ///
    /// A hot list says nothing about the codes of a full list older than its `base`, and nothing once its key is struck.
    ///
    /// - Parameters:
    ///   - list: the full list.
    ///   - now: seconds since 1970-01-01T00:00:00Z.
    /// - Returns: the `iat` of the full list or of a newer hot list.
    func newsTime(of list: OpenedStatusList, at now: UInt64) -> UInt64? {
        let own = news.filter { $0.issuers.isEmpty || $0.issuers.contains(list.reference.issuer) }
        guard !own.isEmpty else { return nil }
        let counting = own.filter { news in
            news.base <= list.list.issuedAt && now < news.expiresAt
                && news.signers.contains { now < $0.expiresAt && $0.issuer == list.reference.issuer }
        }
        return max(list.list.issuedAt, counting.map(\.issuedAt).max() ?? 0)
    }
}
