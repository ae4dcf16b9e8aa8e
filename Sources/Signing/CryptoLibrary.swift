import COpenSSL

/// Sets libcrypto up with no more than we use, before its first use sets everything up.
///
/// Left alone it reads openssl.cnf, registers hundreds of names of old algorithms, loads texts of errors
/// that we never show, and takes all of it down when the process ends: half a millisecond, more than three
/// verifications, at every start of a command. What openssl.cnf says of providers is not obeyed therefore.
enum CryptoLibrary {
    /// Does it once in the life of the process; the first use of anything fetched or parsed comes after it.
    static func prepare() {
        _ = isPrepared
    }

    private static let isPrepared: Bool = {
        let options =
            OPENSSL_INIT_NO_LOAD_CONFIG | OPENSSL_INIT_NO_LOAD_CRYPTO_STRINGS | OPENSSL_INIT_NO_ADD_ALL_CIPHERS
            | OPENSSL_INIT_NO_ADD_ALL_DIGESTS | OPENSSL_INIT_NO_ATEXIT
        let isSetUp = OPENSSL_init_crypto(UInt64(options), nil) == 1
        // Curves but P-256 are blinded at random even where nothing is secret. By a digest numbers are drawn without
        // the provider's every cipher being set up first, as they would be for the one that is used otherwise.
        let drawsByDigest = unsafe RAND_set_DRBG_type(nil, "HASH-DRBG", nil, nil, "SHA2-256") == 1
        // Certificates name their digest by number, and only registered ones are found so; TLS in the same
        // process checks certificates in the same way.
        unsafe EVP_add_digest(EVP_sha1())
        unsafe EVP_add_digest(EVP_sha224())
        unsafe EVP_add_digest(EVP_sha256())
        unsafe EVP_add_digest(EVP_sha384())
        unsafe EVP_add_digest(EVP_sha512())
        unsafe EVP_add_digest(EVP_sm3())
        return isSetUp && drawsByDigest
    }()
}
