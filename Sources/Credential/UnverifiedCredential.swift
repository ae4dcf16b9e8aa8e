package import Signing

/// A code as scanned: taken apart, its shape checked, and nothing it says believed.
package struct UnverifiedCredential: Sendable {
    /// What the text's prefix or path says it is.
    package let form: Form
    /// The host of an enterprise or object code, in upper case.
    package let host: String?
    /// What the header says; the key's own record in the trust list decides.
    package let algorithm: SignatureAlgorithm
    /// What the header says about the key: 4 bytes, which several keys may share.
    package let keyIdentifier: [UInt8]
    /// The credential with any presentation taken out: the same bytes at every showing.
    package let credentialBytes: [UInt8]
    /// What the phone added.
    package let presentation: Presentation?

    let message: SignedMessage

    /// Takes a scanned text.
    ///
    /// - Parameter text: exactly what was scanned.
    /// - Throws: `malformed`, `unsupported_version`, `algorithm_mismatch`, `bad_presentation`.
    package init(text: String) throws(CredentialError) {
        let parsed = try CredentialText(parsing: text)
        try self.init(bytes: parsed.bytes, form: parsed.form, host: parsed.host)
    }

    /// Takes the signed message that a text of `form` would hold.
    ///
    /// - Parameters:
    ///   - bytes: the COSE_Sign1.
    ///   - form: what its text would say.
    ///   - host: the host of its URL, where known.
    /// - Throws: `malformed`, `algorithm_mismatch`, `bad_presentation`.
    package init(bytes: [UInt8], form: Form, host: String? = nil) throws(CredentialError) {
        let message = try SignedMessage(bytes[...])
        guard let algorithm = message.algorithm else {
            throw CredentialError(
                code: .algorithmMismatch,
                reason: "the header names algorithm \(message.algorithmNumber.map(String.init) ?? "none")",
                hint: "codes are signed with Ed25519, ES256 or SM2")
        }
        if message.isUnprotectedHeaderEmpty {
            presentation = nil
            credentialBytes = bytes
        } else {
            guard form == .person else {
                throw .malformed("something in the unprotected header of \(form.name) codes")
            }
            presentation = try Presentation(header: message.unprotectedHeader)
            credentialBytes = message.bytesWithoutUnprotectedHeader()
        }
        self.form = form
        self.host = host
        self.algorithm = algorithm
        keyIdentifier = message.keyIdentifier
        self.message = message
    }

    /// Checks the issuer's signature, then that the claims are exactly what the form asks for; not the expiry.
    ///
    /// - Parameter key: the issuer's key, already looked up in the trust list.
    /// - Returns: the only value that exposes claims.
    /// - Throws: `algorithm_mismatch`, `bad_signature`, `malformed`.
    package func verified(by key: VerificationKey) throws(CredentialError) -> VerifiedCredential {
        guard algorithm == key.algorithm else {
            throw CredentialError(
                code: .algorithmMismatch,
                reason: "the header names algorithm \(algorithm.rawValue), the key's is \(key.algorithm.rawValue)",
                hint: "somebody changed the header, or the trust list is wrong")
        }
        guard message.isSigned(by: key) else {
            throw CredentialError(
                code: .badSignature, reason: "the issuer's signature does not fit",
                hint: "the code was changed or never issued; scan it again to rule out a misread")
        }
        return VerifiedCredential(credential: self, claims: try claimsUnchecked())
    }

    /// The claims with no signature checked: for people who debug, and for a phone that reads its own credential.
    package func claimsUnchecked() throws(CredentialError) -> Claims {
        try ClaimsDecoder.decode(message.payload, form: form, algorithm: algorithm)
    }
}
