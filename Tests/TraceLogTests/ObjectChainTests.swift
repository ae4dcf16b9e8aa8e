import Testing

@testable import TraceLog

@Suite("An object's chain")
struct ObjectChainTests {
    private static let first = EntryLink(leafHash: .emptyRoot, index: 4)

    @Test("takes what follows and names what does not")
    func findings() {
        #expect(MemoryLayout<ObjectChain>.size <= 64)
        let other = EntryLink(leafHash: MerkleHash(), index: 9)
        var fresh = ObjectChain()
        #expect(fresh.accept(sequence: 0, previous: nil, at: Self.first) == nil)
        let cases: [(UInt64, EntryLink?, ObjectChain.Violation?)] = [
            (1, Self.first, nil), (1, other, .chainBreak), (1, nil, .chainBreak),
            (0, nil, .duplicateEvent(sequence: 0)),
            (2, Self.first, .sequenceGap(stated: 2, next: 1)),
            (.max, Self.first, .sequenceGap(stated: .max, next: 1)),
        ]
        for (sequence, previous, expected) in cases {
            var chain = fresh
            #expect(chain.accept(sequence: sequence, previous: previous, at: other) == expected)
        }
    }

    @Test("heads list changes its root with any head")
    func heads() throws {
        let object = try #require(ObjectID([UInt8](repeating: 1, count: 8)))
        let head = ObjectHead(object: object, sequence: 1, link: Self.first)
        let log = ObjectHead(object: .log, sequence: 0, link: Self.first)
        let statement = ObjectHead.statement(entryCount: 7, sortedHeads: [log, head])
        let older = ObjectHead(object: object, sequence: 0, link: Self.first)
        #expect(statement.objectCount == 2)
        #expect(statement.root != ObjectHead.statement(entryCount: 7, sortedHeads: [log, older]).root)
    }
}
