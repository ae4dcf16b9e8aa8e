/// A proof that a tree has a leaf at an index (RFC 9162 §2.1.3).
package struct InclusionProof: Sendable, Equatable {
    /// The longest path: a tree of 2^64 leaves.
    package static let hashCountMax = 64

    package let leafIndex: UInt64
    package let treeSize: UInt64
    /// The siblings from the leaf up.
    package let path: [MerkleHash]

    package init(leafIndex: UInt64, treeSize: UInt64, path: [MerkleHash]) {
        self.leafIndex = leafIndex
        self.treeSize = treeSize
        self.path = path
    }

    /// Makes the proof of RFC 9162 §2.1.3.1.
    ///
    /// - Throws: `out_of_tree`, and what the source throws.
    package init(
        leafIndex: UInt64, treeSize: UInt64, from source: inout some NodeSource
    ) throws(TraceLogError) {
        guard treeSize <= source.size else { throw .outOfTree(treeSize, size: source.size) }
        guard leafIndex < treeSize else { throw .outOfTree(leafIndex, size: treeSize) }
        var hasher = MerkleHasher()
        var path: [MerkleHash] = []
        var range: Range<UInt64> = 0..<treeSize
        while range.upperBound - range.lowerBound > 1 {
            let split = range.lowerBound + Self.split(range.upperBound - range.lowerBound)
            if leafIndex < split {
                path.append(try source.root(of: split..<range.upperBound, hasher: &hasher))
                range = range.lowerBound..<split
            } else {
                path.append(try source.root(of: range.lowerBound..<split, hasher: &hasher))
                range = split..<range.upperBound
            }
        }
        self.init(leafIndex: leafIndex, treeSize: treeSize, path: path.reversed())
    }

    /// The root that the proof leads to from `leaf`; nil when the path's length does not match the tree's size.
    package func root(leaf: MerkleHash) -> MerkleHash? {
        guard leafIndex < treeSize else { return nil }
        var hasher = MerkleHasher()
        var index = leafIndex
        var last = treeSize - 1
        var hash = leaf
        for sibling in path {
            guard last > 0 else { return nil }
            if index & 1 == 1 || index == last {
                hash = hasher.node(sibling, hash)
                if index & 1 == 0 {
                    let shift = UInt64(index.trailingZeroBitCount)
                    index >>= shift
                    last >>= shift
                }
            } else {
                hash = hasher.node(hash, sibling)
            }
            index >>= 1
            last >>= 1
        }
        return last == 0 ? hash : nil
    }

    /// Whether the tree with that root has `leaf` at the index.
    package func isValid(leaf: MerkleHash, root: MerkleHash) -> Bool {
        self.root(leaf: leaf) == root
    }

    /// The largest power of two below `count`, which is at least 2.
    static func split(_ count: UInt64) -> UInt64 {
        1 << UInt64(UInt64.bitWidth - 1 - (count - 1).leadingZeroBitCount)
    }
}
