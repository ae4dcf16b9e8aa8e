package import Signing

/// Signs codes with one issuer's key.
package struct CredentialIssuer: Sendable {
    /// What claim 1 says.
    package let issuer: String
    private let key: SigningKey

    package init(issuer: String, key: SigningKey) {
        self.issuer = issuer
        self.key = key
    }

    /// The suite that the key belongs to: it says how seals and chains are made.
    package var suite: Suite { key.algorithm.suite ?? .ed25519 }

    /// Checks and signs; see ``prepare(_:issuedAt:expiresAt:notBefore:)`` and ``PreparedCredential/signed()``.
    package func issue(
        _ body: Claims.Body, issuedAt: UInt64, expiresAt: UInt64?, notBefore: UInt64? = nil
    ) throws(CredentialError) -> IssuedCredential {
        try prepare(body, issuedAt: issuedAt, expiresAt: expiresAt, notBefore: notBefore).signed()
    }

    /// Checks what is to be signed.
    ///
    /// - Parameters:
    ///   - body: what the code says.
    ///   - issuedAt: now, in seconds since 1970-01-01T00:00:00Z.
    ///   - expiresAt: nil for object codes only.
    ///   - notBefore: for person codes that begin later, as those of a strip do.
    /// - Returns: claims that only need a signature.
    /// - Throws: `malformed` for claims a verifier would refuse.
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

    /// A key that no phone can sign with would make a code that no gate accepts.
    private static func checkDeviceKey(
        _ raw: [UInt8], issuedWith algorithm: SignatureAlgorithm
    ) throws(CredentialError) {
        guard let algorithm = PersonClaims.deviceKeyAlgorithm(byteCount: raw.count, issuedWith: algorithm),
            (try? VerificationKey(raw: raw, algorithm: algorithm)) != nil
        else {
            throw CredentialError(
                code: .malformed, reason: "the device key is no point of its curve",
                hint: "make one with `suishen device keygen`")
        }
    }
}
