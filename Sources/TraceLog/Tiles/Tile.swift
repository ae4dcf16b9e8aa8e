/// One hash tile: up to 256 hashes side by side on one level.
package struct Tile: Sendable, Equatable {
    package let path: TilePath
    package let hashes: [MerkleHash]

    package init(level: Int, index: UInt64, hashes: [MerkleHash]) {
        path = TilePath(kind: .hashes(level: level), index: index, width: hashes.count)
        self.hashes = hashes
    }

    /// Reads a stored tile, whose bytes must be exactly its width times 32.
    ///
    /// - Throws: `malformed_tile`.
    package init(path: TilePath, bytes: [UInt8]) throws(TraceLogError) {
        guard bytes.count == path.width * MerkleHash.byteCount else {
            throw TraceLogError(
                code: .malformedTile,
                reason: "\(path.path) has \(bytes.count) bytes, where \(path.width) hashes take "
                    + "\(path.width * MerkleHash.byteCount)",
                hint: "fetch the tile again, with the width that the checkpoint asks for")
        }
        self.path = path
        hashes = (0..<path.width).map { MerkleHash(bytes.span, at: $0 * MerkleHash.byteCount) }
    }

    package var bytes: [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(hashes.count * MerkleHash.byteCount)
        for hash in hashes { hash.append(to: &bytes) }
        return bytes
    }

    /// The root over `count` hashes from `offset`; `count` is a power of two that divides `offset`.
    package func subtreeRoot(offset: Int, count: Int, hasher: inout MerkleHasher) -> MerkleHash {
        Self.subtreeRoot(hashes[offset..<offset + count], hasher: &hasher)
    }

    /// The root over a power of two of hashes, level by level.
    package static func subtreeRoot(_ hashes: ArraySlice<MerkleHash>, hasher: inout MerkleHasher) -> MerkleHash {
        hasher.subtreeRoot(hashes)
    }
}
