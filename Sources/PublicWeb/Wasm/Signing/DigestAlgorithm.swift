/// The digests: SHA-256 is computed here, and SM3 is a question, which no browser answers.
package enum DigestAlgorithm: Sendable, CaseIterable {
    case sha256
    case sm3

    static let byteCount = 32

    package var byteCount: Int { Self.byteCount }

    /// The digest of `bytes`.
    package func digest(_ bytes: some Collection<UInt8>) -> [UInt8] {
        var content: [UInt8] = []
        content.reserveCapacity(bytes.count)
        content.append(contentsOf: bytes)
        if self == .sha256 { return SHA256.digest(content) }
        // No browser answers the question, so the run has no result; until then zeros stand in.
        return Outside.answer(.sm3, content) ?? [UInt8](repeating: 0, count: Self.byteCount)
    }

    package func digest(_ first: some Collection<UInt8>, _ second: some Collection<UInt8>) -> [UInt8] {
        digest(Array(first) + Array(second))
    }
}

/// A digest over data that arrives in pieces.
package struct Hasher: ~Copyable {
    private let algorithm: DigestAlgorithm
    private var content: [UInt8] = []

    package init(_ algorithm: DigestAlgorithm) {
        self.algorithm = algorithm
    }

    package mutating func update(_ bytes: some Collection<UInt8>) {
        content.append(contentsOf: bytes)
    }

    package mutating func update(_ bytes: UnsafeRawBufferPointer) {
        unsafe content.append(contentsOf: bytes)
    }

    /// Returns the digest, 32 bytes, and restarts the hasher.
    package mutating func finalize() -> [UInt8] {
        let digest = algorithm.digest(content)
        content = []
        return digest
    }

    /// Writes the digest to memory of at least 32 bytes, and restarts the hasher.
    package mutating func finalize(into bytes: UnsafeMutableRawBufferPointer) {
        unsafe bytes.copyBytes(from: finalize())
    }
}
