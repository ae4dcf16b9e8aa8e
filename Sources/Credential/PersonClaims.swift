/// What a person code says: no name, no number, a pseudonym that is fresh in every credential.
package struct PersonClaims: Sendable, Equatable {
    package static let identifierByteCount = 8

    /// The code's id and the holder's pseudonym: 8 random bytes.
    package let cti: [UInt8]
    package let kind: PersonKind
    /// The bit in the status list; timed codes have none.
    package let statusIndex: UInt64?
    package let binding: Binding
    /// The medical and the transit seal, 32 bytes together.
    package let seals: [UInt8]
    /// Set when somebody else's phone carries the code.
    package let actor: Delegation?

    package init(
        cti: [UInt8], kind: PersonKind, statusIndex: UInt64?, binding: Binding, seals: [UInt8],
        actor: Delegation? = nil
    ) {
        self.cti = cti
        self.kind = kind
        self.statusIndex = statusIndex
        self.binding = binding
        self.seals = seals
        self.actor = actor
    }
}

/// What a person code is bound to.
package enum Binding: Sendable, Equatable {
    /// The phone's public key: 32 bytes of Ed25519, or a compressed point of P-256 or SM2 in 33.
    case deviceKey([UInt8])
    /// The first value of a hash chain, 16 bytes.
    case anchor([UInt8])
    case none
}

/// Who carries a person code for somebody else, and what for.
package struct Delegation: Sendable, Equatable {
    /// The guardian's pseudonym for this credential: 8 random bytes.
    package let guardian: [UInt8]
    /// A second bit in the same status list; either revoked revokes the code.
    package let statusIndex: UInt64
    /// What the guardian may do, a bit each.
    package let scope: UInt64

    package init(guardian: [UInt8], statusIndex: UInt64, scope: UInt64) {
        self.guardian = guardian
        self.statusIndex = statusIndex
        self.scope = scope
    }
}
