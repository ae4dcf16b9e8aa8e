import COpenSSL

/// The content of a key file under a passphrase: PKCS#8 as PBES2 with scrypt (RFC 8018, RFC 7914), in PEM.
///
/// `openssl pkey` opens it. A secret of 32 bytes is written as an X25519 key, so that it does so for secrets as well.
package enum WrappedKey {
    private static let label = "ENCRYPTED PRIVATE KEY"
    /// PKCS#8 of an X25519 key up to its 32 bytes (RFC 8410 §7).
    private static let secretPrefix: [UInt8] = [
        0x30, 0x2e, 0x02, 0x01, 0x00, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x6e, 0x04, 0x22, 0x04, 0x20,
    ]
    private static let secretByteCount = 32

    /// Whether a file's content is a wrapped key.
    package static func isWrapped(_ bytes: [UInt8]) -> Bool {
        bytes.starts(with: "-----BEGIN \(label)-----".utf8)
    }

    /// Wraps a file's content: a private key in PEM, or 32 bytes.
    ///
    /// - Returns: the wrapped file's content.
    /// - Throws: `key_malformed` for another content, `crypto_unavailable`.
    package static func wrap(_ content: [UInt8], under passphrase: KeyPassphrase) throws(SigningError) -> [UInt8] {
        var pkcs8: [UInt8]
        if content.count == secretByteCount {
            pkcs8 = secretPrefix + content
        } else if let document = PEMDocument(content), document.label == "PRIVATE KEY" {
            pkcs8 = document.der
        } else {
            throw SigningError(
                code: .keyMalformed, reason: "the file holds neither a private key in PEM nor a secret of 32 bytes",
                hint: "name a key file of an installation")
        }
        defer { SecretFile.wipe(&pkcs8) }
        CryptoLibrary.prepare()
        var wrapped: UnsafeMutablePointer<UInt8>?
        let count = unsafe passphrase.withBytes { unsafe suishen_key_wrap(pkcs8, pkcs8.count, $0, $1, &wrapped) } ?? 0
        defer { unsafe suishen_free(wrapped) }
        guard count > 0, let wrapped = unsafe wrapped else {
            ERR_clear_error()
            throw .unavailable("PBES2 with scrypt")
        }
        let der = unsafe Array(UnsafeBufferPointer(start: wrapped, count: Int(count)))
        return PEMDocument(label: label, der: der).encoded()
    }

    /// Opens a wrapped file's content.
    ///
    /// - Returns: the content that was wrapped; a secret, which the caller wipes.
    /// - Throws: `passphrase_wrong`; `key_malformed` for a file that was damaged.
    package static func unwrap(_ content: [UInt8], under passphrase: KeyPassphrase) throws(SigningError) -> [UInt8] {
        guard let document = PEMDocument(content), document.label == label else { throw damaged }
        CryptoLibrary.prepare()
        var opened = unsafe suishen_unwrapped_key()
        defer {
            unsafe suishen_clear_free(opened.pkcs8, Int(opened.count))
            unsafe withUnsafeMutableBytes(of: &opened) { unsafe SecretFile.wipe($0) }
        }
        let der = document.der
        let result = unsafe passphrase.withBytes { unsafe suishen_key_unwrap(der, der.count, $0, $1, &opened) }
        ERR_clear_error()
        switch result.map(Int.init) {
        case suishen_unwrapped: break
        case suishen_unwrap_wrong_passphrase:
            throw SigningError(
                code: .passphraseWrong, reason: "the passphrase does not open the wrapped key",
                hint: "give the passphrase that the file was wrapped under with `suishen key wrap`")
        default: throw damaged
        }
        if unsafe opened.is_x25519 == 1 {
            guard unsafe opened.has_digest == 1 else { throw damaged }
            return unsafe withUnsafeBytes(of: opened.octets) { unsafe Array($0) }
        }
        var pkcs8 = unsafe Array(UnsafeBufferPointer(start: opened.pkcs8, count: Int(opened.count)))
        defer { SecretFile.wipe(&pkcs8) }
        guard let pem = KeyHandle(pkcs8: pkcs8)?.privatePEM() else { throw damaged }
        return pem
    }

    private static var damaged: SigningError {
        SigningError(
            code: .keyMalformed, reason: "the wrapped key is damaged, or it is no key of an installation",
            hint: "restore the file from a copy")
    }
}
