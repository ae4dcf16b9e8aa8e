/// A certificate authority of the transit network, and the time for which gates trust it.
package struct TransitAuthority: Sendable, Equatable {
    /// Whether its key can still be trusted.
    package enum Status: String, Sendable, CaseIterable {
        case active
        /// Somebody else may hold the key: no certificate of it counts, whenever it was made.
        case compromised
    }

    /// The compressed SM2 point, 33 bytes.
    package let key: [UInt8]
    /// The first second at which gates trust it; nil for no limit.
    package let notBefore: UInt64?
    /// The first second at which gates trust it no more; nil for no limit.
    package let expiresAt: UInt64?
    package let status: Status

    package init(
        key: [UInt8], notBefore: UInt64? = nil, expiresAt: UInt64? = nil, status: Status = .active
    ) {
        self.key = key
        self.notBefore = notBefore
        self.expiresAt = expiresAt
        self.status = status
    }

    /// Whether it has a limit or a status that earlier versions do not know.
    package var isLimited: Bool { notBefore != nil || expiresAt != nil || status != .active }
}

/// The authority is trusted now.
struct AuthorityInTerm: Proof {
    static let check = TransitCheck.authorityTerm

    init(_ authority: TrustedAuthority, at now: UInt64) throws(TransitRefusal) {
        let (term, index) = (authority.authority, authority.index)
        guard term.status != .compromised else {
            throw TransitRefusal(.keyExpired, -101, "the CA key \(index) was compromised", warning: "key_compromised")
        }
        if let start = term.notBefore, now < start {
            throw TransitRefusal(.keyNotForThisUse, -101, "the CA key \(index) is trusted from \(start) on")
        }
        if let end = term.expiresAt, now >= end {
            throw TransitRefusal(.keyExpired, -101, "the CA key \(index) ended at \(end)")
        }
    }
}
