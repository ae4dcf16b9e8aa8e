extension MerkleHasher {
    /// The browser hashes one message at a time.
    static let hasLanes = false

    /// The root over a power of two of hashes, level by level.
    mutating func subtreeRoot(_ hashes: ArraySlice<MerkleHash>) -> MerkleHash {
        var level = Array(hashes)
        while level.count > 1 {
            level = stride(from: 0, to: level.count, by: 2).map { node(level[$0], level[$0 + 1]) }
        }
        return level[0]
    }
}
