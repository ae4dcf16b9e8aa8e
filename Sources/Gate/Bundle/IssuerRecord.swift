package import Signing

/// One key of one issuer in the trust list.
package struct IssuerRecord: Sendable, Equatable {
    /// The issuer's name, as in the claim `iss`: 1 to 8 characters.
    package let issuer: String
    /// First 4 bytes of SHA-256 over the public key; several keys may share one.
    package let keyIdentifier: [UInt8]
    /// The algorithm of the key; a code whose header names another is refused.
    package let algorithm: SignatureAlgorithm
    /// SubjectPublicKeyInfo (DER).
    package let publicKey: [UInt8]
    package let uses: KeyUses
    /// The key signs from this second on.
    package let notBefore: UInt64
    /// The first second at which signatures of the key are no longer accepted.
    package let expiresAt: UInt64
    package let status: KeyStatus
    /// The last second at which the key signed, if it signs no more.
    ///
    /// Nil for other keys, and in bundles of the previous software version.
    package let retiredAt: UInt64?

    package init(
        issuer: String, key: VerificationKey, uses: KeyUses, notBefore: UInt64, expiresAt: UInt64,
        status: KeyStatus = .active, retiredAt: UInt64? = nil
    ) {
        self.init(
            issuer: issuer, keyIdentifier: key.keyIdentifier, algorithm: key.algorithm, publicKey: key.spki,
            uses: uses, notBefore: notBefore, expiresAt: expiresAt, status: status,
            retiredAt: retiredAt)
    }

    init(
        issuer: String, keyIdentifier: [UInt8], algorithm: SignatureAlgorithm, publicKey: [UInt8],
        uses: KeyUses, notBefore: UInt64, expiresAt: UInt64, status: KeyStatus, retiredAt: UInt64? = nil
    ) {
        self.issuer = issuer
        self.keyIdentifier = keyIdentifier
        self.algorithm = algorithm
        self.publicKey = publicKey
        self.uses = uses
        self.notBefore = notBefore
        self.expiresAt = expiresAt
        self.status = status
        self.retiredAt = retiredAt
    }

    /// Whether the issuer used the key at a time that a document states as its own.
    ///
    /// A thief of a retired key can still date a document back, but not beyond the key's retirement.
    func signs(at time: UInt64) -> Bool {
        time >= notBefore && retiredAt.map { time <= $0 } != false
    }
}

/// The kinds of documents that one key may sign.
package struct KeyUses: Sendable, Equatable, ExpressibleByArrayLiteral {
    /// One bit a kind, in the order of `KeyUse`.
    private var bits: UInt8 = 0

    package init(_ uses: [KeyUse]) {
        for use in uses { bits |= use.bit }
    }

    package init(arrayLiteral uses: KeyUse...) { self.init(uses) }

    package func contains(_ use: KeyUse) -> Bool { bits & use.bit != 0 }
}

/// The kinds of documents that a key in the trust list may sign.
package enum KeyUse: String, Sendable, CaseIterable {
    case person, enterprise, object, statuslist, checkpoint

    fileprivate var bit: UInt8 {
        switch self {
        case .person: 1
        case .enterprise: 2
        case .object: 4
        case .statuslist: 8
        case .checkpoint: 16
        }
    }
}

/// The stage of a key's life.
package enum KeyStatus: String, Sendable, CaseIterable {
    /// It signs.
    case active
    /// It no longer signs; codes that it signed before its retirement stay valid until they expire.
    case retired
    /// Somebody else may hold it: no signature of it is valid, whenever it was made.
    ///
    /// A code under such a key is refused as `key_expired`, with the warning `key_compromised`; a key left out of the
    /// bundle altogether gives `unknown_issuer`.
    case compromised
}
