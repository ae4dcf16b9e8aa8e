import Testing

@testable import TraceLog

@Suite("The table of objects that an audit holds")
struct ObjectTableTests {
    enum Identifiers: CaseIterable {
        case spread, zeroEnded, alikeAtFirst

        func key(_ number: Int) -> ObjectKey {
            let bytes: [UInt8] =
                switch self {
                case .spread:
                    (0..<(8 + number % 9)).map { UInt8(truncatingIfNeeded: number &* 0x9E37_79B9 >> ($0 * 3)) }
                case .zeroEnded: Self.pair(number / 9) + [UInt8](repeating: 0, count: 6 + number % 9)
                case .alikeAtFirst: [UInt8](repeating: 0xFF, count: 14) + Self.pair(number)
                }
            return ObjectKey(bytes.span, 0..<bytes.count)
        }

        private static func pair(_ number: Int) -> [UInt8] { [UInt8(number >> 8), UInt8(number & 0xFF)] }
    }

    @Test(
        "keeps every object's newest entry through growth and sorting, and states the heads that a list states",
        arguments: Identifiers.allCases)
    func heads(identifiers: Identifiers) throws {
        var table = ObjectTable()
        var newest: [ObjectID: (count: UInt64, link: EntryLink)] = [:]
        var hasher = MerkleHasher()
        for round in 0..<3 {
            for number in 0..<(4000 * (round + 1)) {
                let key = identifiers.key(number)
                let count = UInt64(round * 1_000_000_000 + number % 5 + 1)
                let link = EntryLink(leafHash: hasher.leaf(key.bytes), index: UInt64(number) << UInt64(round * 8))
                table.set(table.record(of: key), ObjectChain(entryCount: count, newest: link))
                newest[try #require(ObjectID(key.bytes))] = (count, link)
            }
            let sorted = newest.sorted { $0.key < $1.key }.map {
                ObjectHead(object: $0.key, sequence: $0.value.count - 1, link: $0.value.link)
            }
            let statement = ObjectHead.statement(entryCount: 0, sortedHeads: sorted)
            let own = table.heads(entryCount: 0)
            #expect(own == statement)
            for (object, expected) in newest {
                let record = table.record(of: ObjectKey(object.bytes.span, 0..<object.bytes.count))
                let chain = table.chain(record)
                let (count, link) = (chain.entryCount, chain.newest)
                #expect(count == expected.count && link == expected.link)
            }
        }
        let (count, byteCount) = (table.count, table.byteCount)
        #expect(count == newest.count)
        #expect(byteCount <= 62 * count + 4096 * 64)
    }
}
