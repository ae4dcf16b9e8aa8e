import CSodium

/// Checks Ed25519 signatures (RFC 8032 §5.1.7) with libsodium.
///
/// It takes half the time of libcrypto and needs no set-up for a key, which helps where every code has its own key.
///
/// Beyond the checks of libcrypto, libsodium refuses keys and points of small order, under which one signature is valid
/// for many messages, and keys that are not in their canonical encoding.
enum Ed25519Signature {
    static let keyByteCount = 32

    /// Whether `signature` (64 bytes) is a signature of `message` by `key` (32 bytes, not necessarily a point).
    static func isValid(_ signature: [UInt8], for message: [UInt8], by key: [UInt8]) -> Bool {
        // No input reaches this: the signature was brought into shape before, and the key's length was checked when it
        // was read.
        precondition(
            signature.count == RawSignature.byteCount && key.count == keyByteCount,
            "the C function assumes these lengths")
        guard isReady else { return false }
        return unsafe crypto_sign_verify_detached(signature, message, UInt64(message.count), key) == 0
    }

    /// Whether the library could be initialised, which happens once in the process.
    private static let isReady = sodium_init() >= 0
}
