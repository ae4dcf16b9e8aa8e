/// The digests; no browser has SM3.
package enum DigestAlgorithm: Sendable, CaseIterable {
    case sha256
    case sm3

    static let byteCount = 32

    package var byteCount: Int { Self.byteCount }

    /// The digest of `bytes`; zeros where it is not known yet.
    package func digest(_ bytes: some Collection<UInt8>) -> [UInt8] {
        var content: [UInt8] = []
        content.reserveCapacity(bytes.count)
        content.append(contentsOf: bytes)
        let digest = self == .sha256 ? SHA256.digest(content) : SM3.digest(content)
        guard let digest, digest.count == Self.byteCount else { return [UInt8](repeating: 0, count: Self.byteCount) }
        return digest
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
