import Signing

/// Claims that were checked and are still to be signed: signing costs more than all before it, and needs nothing else.
package struct PreparedCredential: Sendable {
    package let claims: Claims
    private let key: SigningKey

    init(claims: Claims, key: SigningKey) {
        self.claims = claims
        self.key = key
    }

    /// What the signed message will name its key by.
    package var keyIdentifier: [UInt8] { key.verificationKey.keyIdentifier }

    /// Signs.
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
