/// A whole tree in memory; for heads lists, batches and tests.
package struct MemoryTree: NodeSource, Sendable {
    private var levels: [[MerkleHash]]

    package init(leaves: [MerkleHash]) {
        levels = [leaves]
        var hasher = MerkleHasher()
        while let below = levels.last, below.count > 1 {
            var row: [MerkleHash] = []
            row.reserveCapacity(below.count / 2)
            for index in stride(from: 1, to: below.count, by: 2) {
                row.append(hasher.node(below[index - 1], below[index]))
            }
            levels.append(row)
        }
    }

    package var size: UInt64 { UInt64(levels[0].count) }

    package func node(_ position: NodePosition) throws(TraceLogError) -> MerkleHash {
        guard position.level < levels.count, position.index < UInt64(levels[position.level].count) else {
            throw .outOfTree(position.index, size: size)
        }
        return levels[position.level][Int(position.index)]
    }
}
