/// A digest taken piece by piece.
package struct Hasher: ~Copyable {
    private let context: DigestContext

    package init(_ algorithm: DigestAlgorithm) {
        context = DigestContext(algorithm)
    }

    /// Takes the next bytes.
    package mutating func update(_ bytes: some Collection<UInt8>) {
        context.update(bytes)
    }

    /// Takes the next bytes from memory that stays valid for the call.
    package mutating func update(_ bytes: UnsafeRawBufferPointer) {
        unsafe context.update(bytes)
    }

    /// Ends the digest: 32 bytes; the hasher then starts anew.
    package mutating func finalize() -> [UInt8] {
        context.finalize()
    }

    /// Ends the digest into memory of at least 32 bytes, without an allocation; the hasher then starts anew.
    package mutating func finalize(into bytes: UnsafeMutableRawBufferPointer) {
        unsafe context.finalize(into: bytes)
    }
}
