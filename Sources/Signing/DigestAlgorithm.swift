/// The supported digests; both have 32 bytes and work in blocks of 64.
package enum DigestAlgorithm: Sendable, CaseIterable {
    /// SHA-256 (FIPS 180-4).
    case sha256
    /// SM3 (GB/T 32905).
    case sm3

    static let byteCount = 32
    static let blockByteCount = 64

    /// The byte count of a digest.
    package var byteCount: Int { Self.byteCount }

    /// Computes the digest of `bytes` in the thread's own context.
    package func digest(_ bytes: some Collection<UInt8>) -> [UInt8] {
        let contexts = ThreadContexts.current
        return switch self {
        case .sha256: contexts.sha256.digest(bytes)
        case .sm3: contexts.sm3.digest(bytes)
        }
    }

    /// Computes the digest of `first` followed by `second`, without joining them first.
    package func digest(_ first: some Collection<UInt8>, _ second: some Collection<UInt8>) -> [UInt8] {
        let contexts = ThreadContexts.current
        switch self {
        case .sha256:
            contexts.sha256.update(first)
            return contexts.sha256.digest(second)
        case .sm3:
            contexts.sm3.update(first)
            return contexts.sm3.digest(second)
        }
    }
}

extension DigestContext {
    func update(_ bytes: some Collection<UInt8>) {
        let taken: Void? = bytes.withContiguousStorageIfAvailable { buffer in
            unsafe update(UnsafeRawBufferPointer(buffer))
        }
        guard taken == nil else { return }
        unsafe Array(bytes).withUnsafeBytes { buffer in unsafe update(buffer) }
    }

    func digest(_ bytes: some Collection<UInt8>) -> [UInt8] {
        update(bytes)
        return finalize()
    }
}

/// A digest over data that arrives in pieces.
package struct Hasher: ~Copyable {
    private let context: DigestContext

    package init(_ algorithm: DigestAlgorithm) {
        context = DigestContext(algorithm)
    }

    /// Adds the next bytes.
    package mutating func update(_ bytes: some Collection<UInt8>) {
        context.update(bytes)
    }

    /// Adds the next bytes from memory that stays valid for the call.
    package mutating func update(_ bytes: UnsafeRawBufferPointer) {
        unsafe context.update(bytes)
    }

    /// Returns the digest, 32 bytes, and restarts the hasher.
    package mutating func finalize() -> [UInt8] {
        context.finalize()
    }

    /// Writes the digest to memory of at least 32 bytes, without an allocation, and restarts the hasher.
    package mutating func finalize(into bytes: UnsafeMutableRawBufferPointer) {
        unsafe context.finalize(into: bytes)
    }
}
