import COpenSSL

/// Owns one parsed key (`EVP_PKEY`) and frees it after its last use.
@safe final class KeyHandle: Sendable {
    /// The accepted RSA key sizes: from 2,048 bits (RFC 8230 §6.1) to 8,192, with which a check takes under a
    /// millisecond.
    static let rsaBits: ClosedRange<Int32> = 2048...8192

    // Safe to share: the key is never changed after the initializer, and libcrypto counts references atomically.
    nonisolated(unsafe) private let pointer: OpaquePointer

    private init(owning pointer: OpaquePointer) {
        unsafe self.pointer = pointer
    }

    deinit {
        unsafe EVP_PKEY_free(pointer)
    }

    /// Makes a public key of P-256 or SM2 from its point; nil where the point is not on the curve.
    convenience init?(point: [UInt8], encoding: KeyEncoding) {
        CryptoLibrary.prepare()
        guard let made = unsafe suishen_ec_public_key(encoding.typeName, encoding.groupName, point, point.count) else {
            ERR_clear_error()
            return nil
        }
        unsafe self.init(owning: made)
    }

    /// Reads an RSA public key from its SubjectPublicKeyInfo; nil for anything else.
    convenience init?(rsaSPKI spki: [UInt8]) {
        unsafe self.init(spki: spki) { key in
            unsafe (EVP_PKEY_is_a(key, "RSA") == 1 || EVP_PKEY_is_a(key, "RSA-PSS") == 1)
                && KeyHandle.rsaBits.contains(EVP_PKEY_get_bits(key))
        }
    }

    /// Reads a public key on P-384 from its SubjectPublicKeyInfo; nil for anything else.
    convenience init?(p384SPKI spki: [UInt8]) {
        unsafe self.init(spki: spki) { key in
            unsafe EVP_PKEY_is_a(key, "EC") == 1 && KeyHandle.groupName(of: key) == "secp384r1"
        }
    }

    /// Reads a public key from its SubjectPublicKeyInfo, with nothing after it; nil unless `isWanted` accepts it.
    private convenience init?(spki: [UInt8], isWanted: (OpaquePointer) -> Bool) {
        CryptoLibrary.prepare()
        let key = unsafe spki.withUnsafeBufferPointer { buffer -> OpaquePointer? in
            var position = buffer.baseAddress
            guard let key = unsafe d2i_PUBKEY(nil, &position, buffer.count) else { return nil }
            guard unsafe position == buffer.baseAddress?.advanced(by: buffer.count), unsafe isWanted(key) else {
                unsafe EVP_PKEY_free(key)
                return nil
            }
            return unsafe key
        }
        guard let key = unsafe key else {
            ERR_clear_error()
            return nil
        }
        unsafe self.init(owning: key)
    }

    /// Reads a private key from PKCS#8; nil for anything else.
    convenience init?(pkcs8: [UInt8]) {
        CryptoLibrary.prepare()
        let key = unsafe pkcs8.withUnsafeBufferPointer { buffer -> OpaquePointer? in
            var position = buffer.baseAddress
            guard let key = unsafe d2i_AutoPrivateKey(nil, &position, buffer.count) else { return nil }
            guard unsafe position == buffer.baseAddress?.advanced(by: buffer.count) else {
                unsafe EVP_PKEY_free(key)
                return nil
            }
            return unsafe key
        }
        guard let key = unsafe key else {
            ERR_clear_error()
            return nil
        }
        unsafe self.init(owning: key)
    }

    /// Generates a private key.
    convenience init?(generating encoding: KeyEncoding) {
        CryptoLibrary.prepare()
        var key: OpaquePointer?
        guard let context = unsafe EVP_PKEY_CTX_new_from_name(nil, encoding.typeName, nil) else { return nil }
        defer { unsafe EVP_PKEY_CTX_free(context) }
        let done =
            unsafe EVP_PKEY_keygen_init(context) == 1
            && (encoding.order == nil || EVP_PKEY_CTX_set_group_name(context, encoding.groupName) == 1)
            && EVP_PKEY_generate(context, &key) == 1
        guard done, let key = unsafe key else {
            ERR_clear_error()
            return nil
        }
        unsafe self.init(owning: key)
    }

    /// Runs `body` with the key's pointer, which `body` must not keep.
    func withPointer<Result>(_ body: (OpaquePointer) -> Result) -> Result {
        unsafe body(pointer)
    }

    /// The encoding of the key's algorithm; nil for unsupported types and curves.
    var encoding: KeyEncoding? {
        if unsafe EVP_PKEY_is_a(pointer, "ED25519") == 1 { return KeyEncoding.of(.ed25519) }
        if unsafe EVP_PKEY_is_a(pointer, "SM2") == 1 { return KeyEncoding.of(.sm2) }
        guard unsafe EVP_PKEY_is_a(pointer, "EC") == 1 else { return nil }
        let group = unsafe Self.groupName(of: pointer)
        return group == "prime256v1" || group == "P-256" ? KeyEncoding.of(.es256) : nil
    }

    private static func groupName(of key: OpaquePointer) -> String? {
        var name = [CChar](repeating: 0, count: 32)
        var count = 0
        guard unsafe EVP_PKEY_get_group_name(key, &name, name.count, &count) == 1 else {
            ERR_clear_error()
            return nil
        }
        return String(decoding: name.prefix(count).map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }

    /// The raw public key: 32 bytes of Ed25519, or an uncompressed point of 65; nil for other keys.
    func rawPublicKey(_ encoding: KeyEncoding) -> [UInt8]? {
        var raw = [UInt8](repeating: 0, count: 32)
        if encoding.order == nil {
            var count = raw.count
            guard unsafe EVP_PKEY_get_raw_public_key(pointer, &raw, &count) == 1, count == raw.count else {
                ERR_clear_error()
                return nil
            }
            return raw
        }
        var vertical = raw
        guard unsafe suishen_ec_coordinates(pointer, &raw, &vertical) == 1 else {
            ERR_clear_error()
            return nil
        }
        return [0x04] + raw + vertical
    }

    /// The private key as unencrypted PKCS#8 in PEM; nil for a public key.
    func privatePEM() -> [UInt8]? {
        guard let bio = unsafe BIO_new(BIO_s_secmem()) else { return nil }
        defer { unsafe BIO_free(bio) }
        var text: UnsafeMutablePointer<CChar>?
        let written = unsafe PEM_write_bio_PKCS8PrivateKey(bio, pointer, nil, nil, 0, nil, nil)
        let count = unsafe suishen_bio_data(bio, &text)
        guard written == 1, count > 0, let text = unsafe text else {
            ERR_clear_error()
            return nil
        }
        return unsafe Array(UnsafeRawBufferPointer(start: text, count: count))
    }
}
