/// A node's position: level 0 has the leaves, and `index` counts from the left within the level.
package struct NodePosition: Hashable, Sendable {
    package let level: Int
    package let index: UInt64

    package init(level: Int, index: UInt64) {
        self.level = level
        self.index = index
    }
}

/// A source of the roots of a tree's perfect subtrees.
package protocol NodeSource {
    /// The number of leaves.
    var size: UInt64 { get }

    /// The root of the perfect subtree at `position`; its leaves all exist.
    mutating func node(_ position: NodePosition) throws(TraceLogError) -> MerkleHash
}

extension NodeSource {
    /// The root over a range of leaves whose start is a multiple of the largest power of two within it.
    mutating func root(of range: Range<UInt64>, hasher: inout MerkleHasher) throws(TraceLogError) -> MerkleHash {
        var peaks: [MerkleHash] = []
        var start = range.lowerBound
        while start < range.upperBound {
            let left = range.upperBound - start
            let level = UInt64.bitWidth - 1 - left.leadingZeroBitCount
            peaks.append(try node(NodePosition(level: level, index: start >> UInt64(level))))
            start += 1 << UInt64(level)
        }
        guard var root = peaks.popLast() else { return .emptyRoot }
        for peak in peaks.reversed() { root = hasher.node(peak, root) }
        return root
    }

    /// The root of the tree when it had `count` leaves.
    package mutating func root(count: UInt64) throws(TraceLogError) -> MerkleHash {
        guard count <= size else { throw .outOfTree(count, size: size) }
        var hasher = MerkleHasher()
        return try root(of: 0..<count, hasher: &hasher)
    }
}

extension TraceLogError {
    static func outOfTree(_ wanted: UInt64, size: UInt64) -> TraceLogError {
        TraceLogError(
            code: .outOfTree, reason: "\(wanted) lies beyond the tree's \(size) leaves",
            hint: "use an index within the size that the checkpoint states")
    }
}
