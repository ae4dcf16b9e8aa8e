package import Signing

/// A scanned code: taken apart and its structure checked, but not verified.
package struct UnverifiedCredential: Sendable {
    /// The form that the text's prefix or path names.
    package let form: Form
    /// The host of an enterprise or object code, in upper case.
    package let host: String?
    /// The algorithm that the header names; the key's record in the trust list decides.
    package let algorithm: SignatureAlgorithm
    /// The key identifier in the header: 4 bytes, which several keys may share.
    package let keyIdentifier: [UInt8]
    /// The credential without its presentation: the same bytes at every showing.
    package let credentialBytes: [UInt8]
    /// The presentation that the phone added; nil if there is none.
    package let presentation: Presentation?

    let message: SignedMessage

    /// Takes a scanned text apart.
    ///
    /// - Parameter text: the scanned text, unchanged.
    /// - Throws: `malformed`, `unsupported_version`, `algorithm_mismatch`, `bad_presentation`.
    package init(text: String) throws(CredentialError) {
        let parsed = try CredentialText(parsing: text)
        try self.init(bytes: parsed.bytes, form: parsed.form, host: parsed.host)
    }

    /// Takes apart the signed message from a text of `form`.
    ///
    /// - Parameters:
    ///   - bytes: the COSE_Sign1.
    ///   - form: the form of the text.
    ///   - host: the host of the URL, where known.
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
                throw .malformed("the unprotected header of \(form.name) codes must be empty")
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

    /// Checks the issuer's signature, then that the claims are exactly those of the form; does not check the expiry.
    ///
    /// - Parameter key: the issuer's key, already looked up in the trust list.
    /// - Returns: the only value that exposes claims.
    /// - Throws: `algorithm_mismatch`, `bad_signature`, `malformed`.
    package func verified(by key: VerificationKey) throws(CredentialError) -> VerifiedCredential {
        guard algorithm == key.algorithm else {
            throw CredentialError(
                code: .algorithmMismatch,
                reason: "the header names algorithm \(algorithm.rawValue), but the key has \(key.algorithm.rawValue)",
                hint: "the header was changed, or the trust list is wrong")
        }
        guard message.isSigned(by: key) else {
            throw CredentialError(
                code: .badSignature, reason: "the issuer's signature is wrong",
                hint: "scan the code again; if the error stays, the code was changed or never issued")
        }
        return VerifiedCredential(credential: self, claims: try claimsUnchecked())
    }

    /// The SHA-256 of the bytes that the issuer's signature covers: the code's leaf among the issued codes.
    ///
    /// The signature is not part of it, so that a second signature over the same claims makes no second code.
    package var issuanceDigest: [UInt8] { message.signedDigest }

    /// The claims, with no signature checked: for debugging, and for a phone that reads its own credential.
    package func claimsUnchecked() throws(CredentialError) -> Claims {
        try ClaimsDecoder.decode(message.payload, form: form, algorithm: algorithm)
    }
}
