/// Turns a stream of leaf hashes into tiles; one unfinished tile for each level is held.
package struct TileAccumulator: Sendable {
    /// The number of leaves so far.
    package private(set) var size: UInt64 = 0
    private var rows: [[MerkleHash]] = [[]]

    package init() {}

    /// Continues a tree of `size` leaves; `rows` are the hashes of its partial tiles, level 0 first.
    package init(size: UInt64, rows: [[MerkleHash]]) throws(TraceLogError) {
        self.size = size
        for level in 0..<Self.levelCount(size) {
            let width = Int((size >> UInt64(level * TilePath.height)) % UInt64(TilePath.fullWidth))
            guard level < rows.count, rows[level].count == width else {
                throw TraceLogError(
                    code: .malformedTile, reason: "the partial tile of level \(level) is not \(width) hashes wide",
                    hint: "derive the tiles from the entries again")
            }
        }
        self.rows = Array(rows.prefix(Self.levelCount(size)))
    }

    /// Adds a leaf, and calls `full` with every tile that it completes, lower levels first.
    package mutating func append<E: Error>(
        _ leaf: MerkleHash, hasher: inout MerkleHasher, full: (Tile) throws(E) -> Void
    ) throws(E) {
        size += 1
        var hash = leaf
        var level = 0
        while true {
            if level == rows.count { rows.append([]) }
            rows[level].append(hash)
            guard rows[level].count == TilePath.fullWidth else { return }
            let index = (size >> UInt64((level + 1) * TilePath.height)) - 1
            let tile = Tile(level: level, index: index, hashes: rows[level])
            rows[level].removeAll(keepingCapacity: true)
            hash = Tile.subtreeRoot(tile.hashes[...], hasher: &hasher)
            try full(tile)
            level += 1
        }
    }

    /// The tiles on the right edge that are not full.
    package var partialTiles: [Tile] {
        rows.enumerated().compactMap { level, row in
            row.isEmpty
                ? nil : Tile(level: level, index: size >> UInt64((level + 1) * TilePath.height), hashes: row)
        }
    }

    /// The root over all leaves so far.
    package func root(hasher: inout MerkleHasher) -> MerkleHash {
        var root: MerkleHash?
        for row in rows {
            var end = row.count
            while end > 0 {
                let count = 1 << end.trailingZeroBitCount
                let peak = Tile.subtreeRoot(row[(end - count)..<end], hasher: &hasher)
                root = root.map { hasher.node(peak, $0) } ?? peak
                end -= count
            }
        }
        return root ?? .emptyRoot
    }

    private static func levelCount(_ size: UInt64) -> Int {
        var count = 1
        while count <= TilePath.levelMax && size >> UInt64(count * TilePath.height) > 0 { count += 1 }
        return count
    }
}
