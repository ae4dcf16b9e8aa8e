import COpenSSL

/// SM2 public-key encryption (GB/T 32918.4) with SM3, in libcrypto's DER form.
enum SM2Encryption {
    /// Encrypts; nil when libcrypto fails.
    static func encrypt(_ plaintext: [UInt8], to key: KeyHandle) -> [UInt8]? {
        unsafe transform(plaintext, key, EVP_PKEY_encrypt_init, EVP_PKEY_encrypt)
    }

    /// Decrypts; nil for bytes that were not encrypted to this key.
    static func decrypt(_ sealed: [UInt8], by key: KeyHandle) -> [UInt8]? {
        unsafe transform(sealed, key, EVP_PKEY_decrypt_init, EVP_PKEY_decrypt)
    }

    private typealias Start = (OpaquePointer?) -> Int32
    private typealias Run = (
        OpaquePointer?, UnsafeMutablePointer<UInt8>?, UnsafeMutablePointer<Int>?, UnsafePointer<UInt8>?, Int
    ) -> Int32

    private static func transform(_ input: [UInt8], _ key: KeyHandle, _ start: Start, _ run: Run) -> [UInt8]? {
        unsafe key.withPointer { pointer -> [UInt8]? in
            guard let context = unsafe EVP_PKEY_CTX_new_from_pkey(nil, pointer, nil) else { return nil }
            defer { unsafe EVP_PKEY_CTX_free(context) }
            var count = 0
            guard unsafe start(context) == 1, unsafe run(context, nil, &count, input, input.count) == 1 else {
                ERR_clear_error()
                return nil
            }
            var output = [UInt8](repeating: 0, count: count)
            guard unsafe run(context, &output, &count, input, input.count) == 1, count <= output.count else {
                SecretFile.wipe(&output)
                ERR_clear_error()
                return nil
            }
            defer { SecretFile.wipe(&output) }
            return Array(output.prefix(count))
        }
    }
}
