/// The digests in use; both give 32 bytes and work in blocks of 64.
package enum DigestAlgorithm: Sendable, CaseIterable {
    /// SHA-256 (FIPS 180-4).
    case sha256
    /// SM3 (GB/T 32905).
    case sm3

    static let byteCount = 32
    static let blockByteCount = 64

    /// How many bytes a digest has.
    package var byteCount: Int { Self.byteCount }

    /// Digests all of `bytes` at once, in the thread's own context.
    package func digest(_ bytes: some Collection<UInt8>) -> [UInt8] {
        let contexts = ThreadContexts.current
        return switch self {
        case .sha256: contexts.sha256.digest(bytes)
        case .sm3: contexts.sm3.digest(bytes)
        }
    }

    /// Digests the bytes of both, one after the other, without joining them first.
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
