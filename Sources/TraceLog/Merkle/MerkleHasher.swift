import Signing

/// Hashes leaves and nodes (RFC 6962 §2.1) with one context that is reused.
package struct MerkleHasher: ~Copyable {
    private static let leafPrefix: [UInt8] = [0x00]
    private static let nodeByteCount = 1 + 2 * MerkleHash.byteCount

    private var hasher = Hasher(.sha256)
    // 0x01, the left hash and the right one stand together, so that a node is one call into the library.
    private var node: [UInt8]

    /// Whether batches are hashed in several lanes of the processor at once.
    let usesLanes: Bool

    package init() {
        self.init(usesLanes: Self.hasLanes)
    }

    init(usesLanes: Bool) {
        self.usesLanes = usesLanes
        node = [UInt8](repeating: 0, count: Self.nodeByteCount)
        node[0] = 0x01
    }

    /// SHA-256(0x00 ‖ entry).
    package mutating func leaf(_ entry: Span<UInt8>) -> MerkleHash {
        hasher.update(Self.leafPrefix)
        unsafe entry.withUnsafeBytes { bytes in unsafe hasher.update(bytes) }
        return finish()
    }

    /// SHA-256(0x00 ‖ entry).
    package mutating func leaf(_ entry: some Collection<UInt8>) -> MerkleHash {
        hasher.update(Self.leafPrefix)
        hasher.update(entry)
        return finish()
    }

    /// SHA-256(0x01 ‖ left ‖ right).
    package mutating func node(_ left: MerkleHash, _ right: MerkleHash) -> MerkleHash {
        unsafe node.withUnsafeMutableBytes { bytes in
            unsafe bytes.storeBytes(of: left, toByteOffset: 1, as: MerkleHash.self)
            unsafe bytes.storeBytes(of: right, toByteOffset: 1 + MerkleHash.byteCount, as: MerkleHash.self)
            unsafe hasher.update(UnsafeRawBufferPointer(bytes))
        }
        return finish()
    }

    private mutating func finish() -> MerkleHash {
        var hash = MerkleHash()
        unsafe withUnsafeMutableBytes(of: &hash) { bytes in unsafe hasher.finalize(into: bytes) }
        return hash
    }
}
