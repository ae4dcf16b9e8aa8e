import CSodium

/// A secret in libsodium's guarded memory: locked where the limit of locked memory allows it, and wiped at its end.
// Sendable because its memory is written in `init` alone, and freed by `deinit`, when nobody reads it.
@safe final class LockedSecret: @unchecked Sendable {
    let count: Int
    private let start: UnsafeMutableRawPointer

    /// Copies a secret; the caller wipes its own copy.
    ///
    /// - Throws: `crypto_unavailable` without memory.
    init(_ bytes: [UInt8]) throws(SigningError) {
        guard sodium_init() >= 0, let start = unsafe sodium_malloc(bytes.count) else { throw .unavailable("libsodium") }
        unsafe start.copyMemory(from: bytes, byteCount: bytes.count)
        count = bytes.count
        unsafe self.start = start
    }

    deinit {
        unsafe sodium_free(start)
    }

    /// Gives the secret to `body`, which must keep no copy.
    func withBytes<Value>(_ body: (UnsafePointer<UInt8>) -> Value) -> Value {
        unsafe body(UnsafePointer(start.assumingMemoryBound(to: UInt8.self)))
    }
}
