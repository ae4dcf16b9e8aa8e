import CSodium

/// Checks Ed25519 signatures (RFC 8032 §5.1.7) with libsodium: in half of the time libcrypto takes, and nothing has
/// to be set up for a key, which counts where every code brings its own.
///
/// libsodium compares what libcrypto compares, and refuses besides: keys and points of small order, under which one
/// signature fits many messages, and keys in any but their one shape.
enum Ed25519Signature {
    static let keyByteCount = 32

    /// Whether `signature`, 64 bytes, is over `message` by `key`, 32 bytes that need not be a point.
    static func isValid(_ signature: [UInt8], for message: [UInt8], by key: [UInt8]) -> Bool {
        // No input reaches this: the signature was brought into shape before, and the key's length was checked when it
        // was read.
        precondition(signature.count == RawSignature.byteCount && key.count == keyByteCount, "C takes no lengths")
        guard isReady else { return false }
        return unsafe crypto_sign_verify_detached(signature, message, UInt64(message.count), key) == 0
    }

    /// Whether the library could be set up, once in the life of the process.
    private static let isReady = sodium_init() >= 0
}
