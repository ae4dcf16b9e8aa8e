/// A proof that a tree is the beginning of a larger one (RFC 9162 §2.1.4).
package struct ConsistencyProof: Sendable, Equatable {
    package let oldSize: UInt64
    package let newSize: UInt64
    package let path: [MerkleHash]

    package init(oldSize: UInt64, newSize: UInt64, path: [MerkleHash]) {
        self.oldSize = oldSize
        self.newSize = newSize
        self.path = path
    }

    /// Makes the proof of RFC 9162 §2.1.4.1; it is empty from size 0 and between equal sizes.
    ///
    /// - Throws: `out_of_tree`, and what the source throws.
    package init(oldSize: UInt64, newSize: UInt64, from source: inout some NodeSource) throws(TraceLogError) {
        guard newSize <= source.size else { throw .outOfTree(newSize, size: source.size) }
        guard oldSize <= newSize else { throw .outOfTree(oldSize, size: newSize) }
        var path: [MerkleHash] = []
        if oldSize > 0 && oldSize < newSize {
            var hasher = MerkleHasher()
            var range: Range<UInt64> = 0..<newSize
            var isWhole = true
            while range.upperBound != oldSize {
                let split = range.lowerBound + InclusionProof.split(range.upperBound - range.lowerBound)
                if oldSize <= split {
                    path.append(try source.root(of: split..<range.upperBound, hasher: &hasher))
                    range = range.lowerBound..<split
                } else {
                    path.append(try source.root(of: range.lowerBound..<split, hasher: &hasher))
                    range = split..<range.upperBound
                    isWhole = false
                }
            }
            if !isWhole { path.append(try source.root(of: range, hasher: &hasher)) }
        }
        self.init(oldSize: oldSize, newSize: newSize, path: path.reversed())
    }

    /// Whether the tree of `newRoot` begins with the one of `oldRoot` (RFC 9162 §2.1.4.2).
    package func isValid(oldRoot: MerkleHash, newRoot: MerkleHash) -> Bool {
        guard oldSize <= newSize else { return false }
        if oldSize == newSize { return path.isEmpty && oldRoot == newRoot }
        if oldSize == 0 { return path.isEmpty && oldRoot == .emptyRoot }
        var rest = path[...]
        if oldSize.nonzeroBitCount == 1 { rest = [oldRoot] + rest }
        guard let start = rest.popFirst() else { return false }
        var index = oldSize - 1
        var last = newSize - 1
        let shift = UInt64((~index).trailingZeroBitCount)
        index >>= shift
        last >>= shift
        var hasher = MerkleHasher()
        var oldHash = start
        var newHash = start
        for sibling in rest {
            guard last > 0 else { return false }
            if index & 1 == 1 || index == last {
                oldHash = hasher.node(sibling, oldHash)
                newHash = hasher.node(sibling, newHash)
                if index & 1 == 0 {
                    // An index of 0 equals `last` only at the top, which the guard above has left.
                    let zeros = UInt64(index.trailingZeroBitCount)
                    index >>= zeros
                    last >>= zeros
                }
            } else {
                newHash = hasher.node(newHash, sibling)
            }
            index >>= 1
            last >>= 1
        }
        return last == 0 && oldHash == oldRoot && newHash == newRoot
    }
}
