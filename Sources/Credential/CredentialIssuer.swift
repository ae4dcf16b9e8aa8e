package import Signing

/// Signs codes with one issuer's key.
package struct CredentialIssuer: Sendable {
    /// The value of claim 1.
    package let issuer: String
    private let key: SigningKey

    package init(issuer: String, key: SigningKey) {
        self.issuer = issuer
        self.key = key
    }

    /// The key's suite, which determines the cipher of seals and the digest of chains.
    package var suite: Suite { key.algorithm.suite ?? .ed25519 }

    /// Checks and signs; see ``prepare(_:issuedAt:expiresAt:notBefore:)`` and ``PreparedCredential/signed()``.
    package func issue(
        _ body: Claims.Body, issuedAt: UInt64, expiresAt: UInt64?, notBefore: UInt64? = nil
    ) throws(CredentialError) -> IssuedCredential {
        try prepare(body, issuedAt: issuedAt, expiresAt: expiresAt, notBefore: notBefore).signed()
    }

    /// Checks the claims of a new code.
    ///
    /// - Parameters:
    ///   - body: the claims of the code's form.
    ///   - issuedAt: now, in seconds since 1970-01-01T00:00:00Z.
    ///   - expiresAt: nil for object codes only.
    ///   - notBefore: for person codes that begin later, such as those of a strip.
    /// - Returns: claims that only need a signature.
    /// - Throws: `malformed` for claims that a verifier would refuse.
    package func prepare(
        _ body: Claims.Body, issuedAt: UInt64, expiresAt: UInt64?, notBefore: UInt64? = nil
    ) throws(CredentialError) -> PreparedCredential {
        let claims = Claims(
            issuer: issuer, issuedAt: issuedAt, expiresAt: expiresAt, notBefore: notBefore, body: body)
        try claims.check(algorithm: key.algorithm)
        if case .deviceKey(let raw)? = claims.person?.binding {
            try Self.checkDeviceKey(raw, issuedWith: key.algorithm)
        }
        return PreparedCredential(claims: claims, key: key)
    }

    /// Refuses a device key that is not a valid public key: no gate would accept the code.
    private static func checkDeviceKey(
        _ raw: [UInt8], issuedWith algorithm: SignatureAlgorithm
    ) throws(CredentialError) {
        guard let algorithm = PersonClaims.deviceKeyAlgorithm(byteCount: raw.count, issuedWith: algorithm),
            (try? VerificationKey(raw: raw, algorithm: algorithm)) != nil
        else {
            throw CredentialError(
                code: .malformed, reason: "the device key is not a point on its curve",
                hint: "make one with `suishen device keygen`")
        }
    }
}

/// Checked claims that are not signed yet; signing takes most of the time of an issue and needs nothing else.
package struct PreparedCredential: Sendable {
    package let claims: Claims
    private let key: SigningKey

    init(claims: Claims, key: SigningKey) {
        self.claims = claims
        self.key = key
    }

    /// The key identifier that the signed message will have.
    package var keyIdentifier: [UInt8] { key.verificationKey.keyIdentifier }

    /// The SHA-256 of the bytes that the signature will cover; see ``UnverifiedCredential/issuanceDigest``.
    ///
    /// It is known before the signature, so that the registry records it together with the code.
    package var issuanceDigest: [UInt8] {
        SignedMessage.signedDigest(of: claims.encoded(), by: key)
    }

    /// Signs the claims.
    ///
    /// - Returns: the credential; a signed or chain one still needs the phone's presentation.
    /// - Throws: `signing_failed`.
    package func signed() throws(CredentialError) -> IssuedCredential {
        do {
            return IssuedCredential(bytes: try SignedMessage.sign(claims.encoded(), by: key), claims: claims)
        } catch {
            throw CredentialError(error)
        }
    }
}
