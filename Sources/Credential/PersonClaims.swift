/// The claims of a person code: no name and no number, but a pseudonym that is new in every credential.
package struct PersonClaims: Sendable, Equatable {
    package static let identifierByteCount = 8
    /// The bytes of both seals together.
    static let sealsByteCount = 32

    /// The code's id and the holder's pseudonym: 8 random bytes.
    package let cti: [UInt8]
    package let kind: PersonKind
    /// The index in the status list; nil for timed codes.
    package let statusIndex: UInt64?
    package let binding: Binding
    /// The medical seal, then the transit seal: 32 bytes together.
    package let seals: [UInt8]
    /// The delegation, when another person's phone carries the code.
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

/// The key or the chain that a person code is bound to.
package enum Binding: Sendable, Equatable {
    /// The phone's public key: 32 bytes of Ed25519, or a compressed point of P-256 or SM2 in 33.
    case deviceKey([UInt8])
    /// The first value of a hash chain, 16 bytes.
    case anchor([UInt8])
    case none
}

/// The person who carries somebody else's person code, and the permitted purposes.
package struct Delegation: Sendable, Equatable {
    /// The guardian's pseudonym for this credential: 8 random bytes.
    package let guardian: [UInt8]
    /// A second index in the same status list; the code is revoked when either of its two bits is set.
    package let statusIndex: UInt64
    /// The guardian's permissions, one bit each.
    package let scope: UInt64

    package init(guardian: [UInt8], statusIndex: UInt64, scope: UInt64) {
        self.guardian = guardian
        self.statusIndex = statusIndex
        self.scope = scope
    }
}
