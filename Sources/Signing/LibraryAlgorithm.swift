import COpenSSL

/// A digest of libcrypto, looked up once for the whole process.
///
/// A lookup costs two to three times the digest of a short message. OpenSSL shares digests between threads, never
/// changes them, and frees them when the process ends.
@safe struct LibraryDigest: Sendable {
    nonisolated(unsafe) let pointer: OpaquePointer?

    static func of(_ algorithm: DigestAlgorithm) -> LibraryDigest {
        switch algorithm {
        case .sha256: sha256
        case .sm3: sm3
        }
    }

    private static let sha256 = LibraryDigest("SHA2-256")
    private static let sm3 = LibraryDigest("SM3")

    private init(_ name: String) {
        CryptoLibrary.prepare()
        unsafe pointer = unsafe EVP_MD_fetch(nil, name, nil)
    }
}

/// A cipher of libcrypto, looked up once for the whole process.
@safe struct LibraryCipher: Sendable {
    nonisolated(unsafe) let pointer: OpaquePointer?

    /// One block, no mode.
    static func block(_ cipher: SealCipher) -> LibraryCipher {
        switch cipher {
        case .aes256: aes256Block
        case .sm4: sm4Block
        }
    }

    /// CCM for a key of 16, 24 or 32 bytes; nil for another length.
    static func ccm(keyByteCount: Int) -> LibraryCipher? {
        switch keyByteCount {
        case 16: aes128CCM
        case 24: aes192CCM
        case 32: aes256CCM
        default: nil
        }
    }

    private static let aes256Block = unsafe LibraryCipher { unsafe suishen_block_aes256() }
    private static let sm4Block = unsafe LibraryCipher { unsafe suishen_block_sm4() }
    private static let aes128CCM = unsafe LibraryCipher { unsafe EVP_CIPHER_fetch(nil, "AES-128-CCM", nil) }
    private static let aes192CCM = unsafe LibraryCipher { unsafe EVP_CIPHER_fetch(nil, "AES-192-CCM", nil) }
    private static let aes256CCM = unsafe LibraryCipher { unsafe EVP_CIPHER_fetch(nil, "AES-256-CCM", nil) }

    private init(_ find: () -> OpaquePointer?) {
        CryptoLibrary.prepare()
        unsafe pointer = unsafe find()
    }
}
