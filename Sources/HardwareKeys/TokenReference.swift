package import Signing

/// A key file that says where the private key is, in place of holding it: a `pkcs11:` URI and the public key in PEM.
package struct TokenReference: Sendable {
    package let uri: TokenURI
    package let publicKey: VerificationKey

    package init(uri: TokenURI, publicKey: VerificationKey) {
        (self.uri, self.publicKey) = (uri, publicKey)
    }

    /// Whether a file's content is a reference.
    package static func isReference(_ content: [UInt8]) -> Bool {
        content.starts(with: "pkcs11:".utf8)
    }

    /// Reads a file's content: the URI in the first line, and a block `PUBLIC KEY` below it.
    ///
    /// - Throws: `token_uri_invalid`, or the error of the public key.
    package init(_ content: [UInt8]) throws(SigningError) {
        let line = content.prefix { $0 != 0x0A }
        do throws(TokenURIError) {
            uri = try TokenURI(String(decoding: line, as: UTF8.self))
        } catch {
            throw SigningError(error)
        }
        publicKey = try VerificationKey(pem: Array(content.dropFirst(line.count)))
    }

    package var content: [UInt8] { Array((uri.text + "\n").utf8) + publicKey.pem() }

    /// The key, in the token that the reference names or else in another one.
    ///
    /// - Parameters:
    ///   - token: the token of a reference that names none.
    ///   - credentialFolder: `$CREDENTIALS_DIRECTORY`.
    /// - Returns: the key; the token is asked when something is to be signed.
    /// - Throws: `token_uri_invalid`, `key_wrong_algorithm`.
    package func key(in token: TokenURI?, credentialFolder: String?) throws(SigningError) -> SigningKey {
        let signer = try TokenKey(
            uri.inToken(of: token), verificationKey: publicKey, credentialFolder: credentialFolder)
        return SigningKey(verificationKey: publicKey, signer: signer)
    }
}
