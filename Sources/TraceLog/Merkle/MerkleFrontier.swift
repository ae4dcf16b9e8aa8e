/// The right edge of a growing tree: the roots of its perfect subtrees, largest first.
///
/// Holds one hash for each set bit of the size, at most 64 (RFC 6962 §2.1).
package struct MerkleFrontier: Sendable, Equatable {
    /// The number of leaves.
    package private(set) var size: UInt64 = 0
    package private(set) var peaks: [MerkleHash] = []

    package init() {}

    /// Restores a stored frontier; nil unless there is one hash for each set bit of the size.
    package init?(size: UInt64, peaks: [MerkleHash]) {
        guard peaks.count == size.nonzeroBitCount else { return nil }
        self.size = size
        self.peaks = peaks
    }

    /// Adds the next leaf.
    package mutating func append(_ leaf: MerkleHash, hasher: inout MerkleHasher) {
        var hash = leaf
        for _ in 0..<(~size).trailingZeroBitCount {
            hash = hasher.node(peaks.removeLast(), hash)
        }
        peaks.append(hash)
        size += 1
    }

    /// Adds a perfect subtree of 2^height leaves; the size must be a multiple of that.
    package mutating func append(subtree: MerkleHash, height: Int, hasher: inout MerkleHasher) {
        // No input reaches this: callers add a subtree only where their own count is a multiple of its size.
        precondition(size & ((1 << UInt64(height)) - 1) == 0, "a subtree joins at a multiple of its size")
        var hash = subtree
        for _ in 0..<(~(size >> UInt64(height))).trailingZeroBitCount {
            hash = hasher.node(peaks.removeLast(), hash)
        }
        peaks.append(hash)
        size += 1 << UInt64(height)
    }

    /// The tree's root; SHA-256 of the empty string without leaves.
    package func root(hasher: inout MerkleHasher) -> MerkleHash {
        guard var root = peaks.last else { return .emptyRoot }
        for peak in peaks.dropLast().reversed() { root = hasher.node(peak, root) }
        return root
    }

    package func root() -> MerkleHash {
        var hasher = MerkleHasher()
        return root(hasher: &hasher)
    }
}
