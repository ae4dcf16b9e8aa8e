import Testing

@testable import TraceLog

@Suite("Hashing several messages at once")
struct MerkleLanesTests {
    @Test("gives what the library gives, for every length and every mixture of lengths in a group")
    func lengths() {
        let bytes = (0..<70_000).map { UInt8(truncatingIfNeeded: $0 &* 31 ^ $0 >> 7) }
        var groups = [(0..<700).map { $0 }, (0..<700).reversed().map { $0 }, [65_535, 0, 1, 64, 119, 55, 56], []]
        var state: UInt64 = 1
        for _ in 0..<50 {
            groups.append(
                (0..<9).map { _ in
                    state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
                    return Int(state >> 33) % 1000
                })
        }
        var lanes = MerkleHasher()
        var library = MerkleHasher(usesLanes: false)
        for lengths in groups {
            var places = EntryPlaces(capacity: lengths.count)
            for (number, length) in lengths.enumerated() {
                let start = (number * 5) % (bytes.count - length + 1)
                places.append(start..<start + length)
            }
            #expect(lanes.leaves(of: places, in: bytes) == library.leaves(of: places, in: bytes))
        }
        print("several messages at once: \(MerkleHasher.hasLanes ? "lanes" : "no lanes on this processor")")
    }

    @Test("gives the root of every perfect subtree")
    func roots() {
        var lanes = MerkleHasher()
        var library = MerkleHasher(usesLanes: false)
        let leaves = (0..<256).map { library.leaf([UInt8(truncatingIfNeeded: $0), 7]) }
        for height in 0...8 {
            let part = leaves[..<(1 << height)]
            #expect(lanes.subtreeRoot(part) == library.subtreeRoot(part))
        }
        #expect(lanes.subtreeRoot(leaves[0..<2]) == library.node(leaves[0], leaves[1]))
    }
}
