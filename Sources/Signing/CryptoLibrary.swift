import COpenSSL

/// Initialises only the parts of libcrypto that this project uses.
///
/// By default libcrypto reads openssl.cnf, registers hundreds of names of old algorithms, loads error texts that are
/// never shown, and frees all of it at exit. That takes half a millisecond at every start of a command, more than three
/// verifications. As a consequence, provider settings in openssl.cnf have no effect.
enum CryptoLibrary {
    /// Initialises the library once in the process; must be called before anything is fetched or parsed.
    static func prepare() {
        _ = isPrepared
    }

    private static let isPrepared: Bool = {
        let options =
            OPENSSL_INIT_NO_LOAD_CONFIG | OPENSSL_INIT_NO_LOAD_CRYPTO_STRINGS | OPENSSL_INIT_NO_ADD_ALL_CIPHERS
            | OPENSSL_INIT_NO_ADD_ALL_DIGESTS | OPENSSL_INIT_NO_ATEXIT
        let isSetUp = OPENSSL_init_crypto(UInt64(options), nil) == 1
        // Operations on curves other than P-256 use random blinding even for public keys. The default generator is
        // based on a cipher and would load all of the provider's ciphers first; one based on a digest does not.
        let drawsByDigest = unsafe RAND_set_DRBG_type(nil, "HASH-DRBG", nil, nil, "SHA2-256") == 1
        // Certificates name their digest by a number, and libcrypto finds only registered digests by number. TLS in the
        // same process checks certificates in this way too, where it shares this libcrypto.
        unsafe EVP_add_digest(EVP_sha1())
        unsafe EVP_add_digest(EVP_sha224())
        unsafe EVP_add_digest(EVP_sha256())
        unsafe EVP_add_digest(EVP_sha384())
        unsafe EVP_add_digest(EVP_sha512())
        unsafe EVP_add_digest(EVP_sm3())
        return isSetUp && drawsByDigest
    }()
}
