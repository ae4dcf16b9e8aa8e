import Testing

@testable import TraceLog

@Suite("A Merkle tree")
struct MerkleTreeTests {
    /// The root by RFC 6962 §2.1's own recursion, to hold the fast ways to.
    private static func plainRoot(_ leaves: ArraySlice<MerkleHash>) -> MerkleHash {
        if leaves.isEmpty { return .emptyRoot }
        if leaves.count == 1 { return leaves[leaves.startIndex] }
        var split = 1
        while split * 2 < leaves.count { split *= 2 }
        var hasher = MerkleHasher()
        let middle = leaves.startIndex + split
        return hasher.node(plainRoot(leaves[..<middle]), plainRoot(leaves[middle...]))
    }

    private static func leaves(_ count: Int) -> [MerkleHash] {
        var hasher = MerkleHasher()
        return (0..<count).map { number in hasher.leaf((0..<3).map { UInt8(truncatingIfNeeded: number >> ($0 * 8)) }) }
    }

    @Test("has one root, whether from a frontier, tiles, memory or the definition")
    func roots() throws {
        var hasher = MerkleHasher()
        for count in [0, 1, 2, 3, 7, 8, 255, 256, 257, 1000] {
            let leaves = Self.leaves(count)
            var frontier = MerkleFrontier()
            var tiles = TileAccumulator()
            for leaf in leaves {
                frontier.append(leaf, hasher: &hasher)
                tiles.append(leaf, hasher: &hasher) { _ in }
            }
            var memory = MemoryTree(leaves: leaves)
            let root = Self.plainRoot(leaves[...])
            #expect(frontier.root() == root)
            #expect(tiles.root(hasher: &hasher) == root)
            #expect(try memory.root(count: memory.size) == root)
        }
    }

    @Test("has proofs however many leaves its owner claims", arguments: [UInt64(Int64.max), 1 << 63, .max])
    func claimedSizes(size: UInt64) throws {
        var tree = TileNodeSource(size: size) { [UInt8](repeating: 0, count: $0.width * MerkleHash.byteCount) }
        for index in [0, size / 2, size - 1] {
            let proof = try InclusionProof(leafIndex: index, treeSize: size, from: &tree)
            #expect(proof.root(leaf: MerkleHash()) != nil)
        }
    }

    @Test("proves every leaf and every earlier size, and nothing after one hash changed")
    func proofs() throws {
        for count in [1, 2, 3, 5, 8, 13, 31] {
            let leaves = Self.leaves(count)
            var tree = MemoryTree(leaves: leaves)
            let root = try tree.root(count: tree.size)
            for index in 0..<tree.size {
                let proof = try InclusionProof(leafIndex: index, treeSize: tree.size, from: &tree)
                #expect(proof.isValid(leaf: leaves[Int(index)], root: root))
                #expect(!proof.isValid(leaf: root, root: root) || count == 1)
                for broken in proof.path.indices {
                    var path = proof.path
                    path[broken] = MerkleHash()
                    let forged = InclusionProof(leafIndex: index, treeSize: tree.size, path: path)
                    #expect(!forged.isValid(leaf: leaves[Int(index)], root: root))
                }
            }
            for old in 0...tree.size {
                let oldRoot = try tree.root(count: old)
                let proof = try ConsistencyProof(oldSize: old, newSize: tree.size, from: &tree)
                #expect(proof.isValid(oldRoot: oldRoot, newRoot: root))
                #expect(!proof.isValid(oldRoot: MerkleHash(), newRoot: root))
            }
        }
    }

    @Test("gives the same nodes out of its tiles")
    func tiles() throws {
        var hasher = MerkleHasher()
        var stored: [TilePath: [UInt8]] = [:]
        var accumulator = TileAccumulator()
        let leaves = Self.leaves(66_000)
        for leaf in leaves {
            accumulator.append(leaf, hasher: &hasher) { tile in stored[tile.path] = tile.bytes }
        }
        for tile in accumulator.partialTiles { stored[tile.path] = tile.bytes }
        let files = stored
        var memory = MemoryTree(leaves: leaves)
        var source = TileNodeSource(size: memory.size) { path throws(TraceLogError) in
            guard let bytes = files[path] else { throw .outOfTree(path.index, size: 0) }
            return bytes
        }
        for index in [UInt64(0), 255, 256, 65_535, 65_536, 65_999] {
            let proof = try InclusionProof(leafIndex: index, treeSize: source.size, from: &source)
            #expect(try proof == InclusionProof(leafIndex: index, treeSize: memory.size, from: &memory))
        }
        #expect(try source.root(count: 65_536) == memory.root(count: 65_536))
    }
}
