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
    package let uses: Set<KeyUse>
    /// The key signs from this second on.
    package let notBefore: UInt64
    /// The first second at which signatures of the key are no longer accepted.
    package let expiresAt: UInt64
    package let status: KeyStatus

    package init(
        issuer: String, key: VerificationKey, uses: Set<KeyUse>, notBefore: UInt64, expiresAt: UInt64,
        status: KeyStatus = .active
    ) {
        self.init(
            issuer: issuer, keyIdentifier: key.keyIdentifier, algorithm: key.algorithm, publicKey: key.spki,
            uses: uses, notBefore: notBefore, expiresAt: expiresAt, status: status)
    }

    init(
        issuer: String, keyIdentifier: [UInt8], algorithm: SignatureAlgorithm, publicKey: [UInt8],
        uses: Set<KeyUse>, notBefore: UInt64, expiresAt: UInt64, status: KeyStatus
    ) {
        self.issuer = issuer
        self.keyIdentifier = keyIdentifier
        self.algorithm = algorithm
        self.publicKey = publicKey
        self.uses = uses
        self.notBefore = notBefore
        self.expiresAt = expiresAt
        self.status = status
    }
}
