import CommandSupport
import HardwareKeys
import Signing

/// A private key that an option names: a file, or a key in a token.
enum KeyOption {
    /// - Parameters:
    ///   - text: a path, or a `pkcs11:` URI with a key in it.
    ///   - passphrase: the place of a wrapped file's passphrase.
    /// - Returns: the key.
    /// - Throws: the error of the file, the URI or the token.
    static func key(_ text: String, passphrase: PINSource? = nil) throws(SigningError) -> SigningKey {
        if text.hasPrefix("pkcs11:") {
            let uri: TokenURI
            do throws(TokenURIError) { uri = try TokenURI(text) } catch { throw SigningError(error) }
            return try TokenKey.existing(uri, credentialFolder: CredentialFolder.path)
        }
        guard let passphrase else { return try SigningKey(contentsOf: text) }
        var content = try SecretFile.read(text, byteCountMax: SigningKey.fileByteCountMax)
        defer { SecretFile.wipe(&content) }
        guard WrappedKey.isWrapped(content) else { return try SigningKey(pem: content) }
        let words = try passphrase.passphrase(credentialFolder: CredentialFolder.path)
        var plain = try WrappedKey.unwrap(content, under: words)
        defer { SecretFile.wipe(&plain) }
        return try SigningKey(pem: plain)
    }
}
