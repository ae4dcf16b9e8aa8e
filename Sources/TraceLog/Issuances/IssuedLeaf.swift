/// One issued code in a set: the SHA-256 of the bytes that the issuer's signature covers, and the minute of its issue.
package struct IssuedLeaf: Sendable, Hashable, Comparable {
    /// The byte count of a leaf in a file and in the tree.
    package static let byteCount = MerkleHash.byteCount + 2

    package let digest: MerkleHash
    /// The minute of the issue, counted from the set's first minute.
    package let offset: UInt16

    package init(digest: MerkleHash, offset: UInt16) {
        self.digest = digest
        self.offset = offset
    }

    /// Takes the leaf at `position` in bytes that hold it.
    init(_ bytes: Span<UInt8>, at position: Int) {
        digest = MerkleHash(bytes, at: position)
        offset =
            UInt16(bytes[position + MerkleHash.byteCount]) << 8 | UInt16(bytes[position + MerkleHash.byteCount + 1])
    }

    /// Appends the digest and the offset in 2 bytes, big-endian.
    func append(to bytes: inout [UInt8]) {
        digest.append(to: &bytes)
        bytes.append(UInt8(offset >> 8))
        bytes.append(UInt8(offset & 0xFF))
    }

    /// The leaf's hash in the tree (RFC 6962 §2.1).
    func hash(_ hasher: inout MerkleHasher) -> MerkleHash {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(Self.byteCount)
        append(to: &bytes)
        return hasher.leaf(bytes.span)
    }

    /// The order of the digests; equal digests go by their minutes.
    package static func < (left: IssuedLeaf, right: IssuedLeaf) -> Bool {
        left.digest == right.digest ? left.offset < right.offset : left.digest < right.digest
    }
}

extension MerkleHash {
    /// The first 16 bits.
    var prefix: UInt16 {
        unsafe withUnsafeBytes { bytes in unsafe UInt16(bytes[0]) << 8 | UInt16(bytes[1]) }
    }
}
