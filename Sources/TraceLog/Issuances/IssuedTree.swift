/// The tree over the sorted leaves of a set (RFC 6962 §2.1), from which the set's files are cut.
///
/// Only the hashes of subtrees of 32 leaves and more are kept, so that a day of 25 million codes takes about 1 GB.
package struct IssuedTree: Sendable {
    /// The level of the lowest kept hashes: subtrees of 32 leaves.
    private static let keptLevel = 5

    /// In ascending order.
    package let leaves: [IssuedLeaf]
    /// How many first bits name a leaf's file.
    package let bitCount: Int
    package let root: MerkleHash
    /// The hashes of complete subtrees, from ``keptLevel`` on.
    private var levels: [[MerkleHash]] = []

    /// Sorts the leaves and hashes them.
    ///
    /// - Parameter leaves: at least one.
    package init(_ leaves: [IssuedLeaf]) {
        // No input reaches this: a set without codes is not made.
        precondition(!leaves.isEmpty, "a set has a leaf")
        let sorted = leaves.sorted()
        self.leaves = sorted
        bitCount = Self.bitCount(of: sorted)
        var hasher = MerkleHasher()
        let width = 1 << Self.keptLevel
        var row: [MerkleHash] = []
        for start in stride(from: 0, through: sorted.count - width, by: width) {
            row.append(Self.hash(sorted, start..<start + width, &hasher))
        }
        while !row.isEmpty {
            levels.append(row)
            let lower = row
            row = (0..<lower.count / 2).map { hasher.node(lower[2 * $0], lower[2 * $0 + 1]) }
        }
        root = Self.node(0..<sorted.count, sorted, levels, &hasher)
    }

    /// The most first bits with which every file has enough leaves; 0 for one file.
    private static func bitCount(of leaves: [IssuedLeaf]) -> Int {
        var counts = [Int](repeating: 0, count: 1 << IssuedStatement.bitCountMax)
        for leaf in leaves { counts[Int(leaf.digest.prefix)] += 1 }
        var bitCount = IssuedStatement.bitCountMax
        while bitCount > 0, counts.contains(where: { $0 < IssuedStatement.neighbourCountMin }) {
            counts = (0..<counts.count / 2).map { counts[2 * $0] + counts[2 * $0 + 1] }
            bitCount -= 1
        }
        return bitCount
    }

    private static func hash(
        _ leaves: [IssuedLeaf], _ range: Range<Int>, _ hasher: inout MerkleHasher
    ) -> MerkleHash {
        guard range.count > 1 else { return leaves[range.lowerBound].hash(&hasher) }
        let split = range.lowerBound + Int(InclusionProof.split(UInt64(range.count)))
        let left = hash(leaves, range.lowerBound..<split, &hasher)
        return hasher.node(left, hash(leaves, split..<range.upperBound, &hasher))
    }

    /// The hash of one of the tree's nodes.
    private static func node(
        _ range: Range<Int>, _ leaves: [IssuedLeaf], _ levels: [[MerkleHash]], _ hasher: inout MerkleHasher
    ) -> MerkleHash {
        let count = range.count
        guard count >= 1 << keptLevel else { return hash(leaves, range, &hasher) }
        let level = count.trailingZeroBitCount
        if count == 1 << level, range.lowerBound % count == 0 {
            return levels[level - keptLevel][range.lowerBound >> level]
        }
        let split = range.lowerBound + Int(InclusionProof.split(UInt64(count)))
        let left = node(range.lowerBound..<split, leaves, levels, &hasher)
        return hasher.node(left, node(split..<range.upperBound, leaves, levels, &hasher))
    }

    /// The statement about the set.
    package func statement(minute: UInt64, span: UInt64) -> IssuedStatement {
        IssuedStatement(minute: minute, span: span, count: UInt64(leaves.count), bitCount: bitCount, root: root)
    }

    /// Visits the set's files in the order of their first bits.
    ///
    /// - Parameter visit: takes a file's first bits and its bytes.
    /// - Throws: the error of `visit`.
    package func visitFiles(_ visit: (_ prefix: UInt16, _ bytes: [UInt8]) throws -> Void) rethrows {
        var hasher = MerkleHasher()
        let shift = UInt16(IssuedStatement.bitCountMax - bitCount)
        var start = 0
        for prefix in 0..<(1 << bitCount) {
            var end = start
            while end < leaves.count, bitCount == 0 || Int(leaves[end].digest.prefix >> shift) == prefix { end += 1 }
            // With one leaf more on each side, the file shows that none is left out.
            let range = max(start - 1, 0)..<min(end + 1, leaves.count)
            var proof: [MerkleHash] = []
            IssuedFile.visitOutside(range, of: 0..<leaves.count) { outside in
                proof.append(Self.node(outside, leaves, levels, &hasher))
            }
            let file = IssuedFile(start: UInt64(range.lowerBound), leaves: Array(leaves[range]), proof: proof)
            try visit(UInt16(prefix), file.bytes)
            start = end
        }
    }
}
