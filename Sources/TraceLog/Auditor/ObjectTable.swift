/// Every object's newest entry, in at most 64 bytes an object plus a constant.
///
/// A record is 58 bytes: the identifier itself, padded to 16 bytes (so that no two objects can ever be taken for one
/// another), the leaf hash, and 80 bits that hold the index (40), the identifier's length (5) and the sequence (35).
/// Records lie in blocks, found through a table of 4-byte slots between 72 % and 90 % full. Slots are chosen by a hash
/// keyed anew in every process, so that nobody can make identifiers that collide.
struct ObjectTable {
    static let indexMax: UInt64 = (1 << 40) - 1
    static let sequenceMax: UInt64 = (1 << 35) - 1
    private static let blockCount = 4096
    private static let slotCountMin = 1024

    private struct Block {
        var identifiers: [SIMD2<UInt64>] = []
        var hashes: [MerkleHash] = []
        var positions: [UInt64] = []
        var sequences: [UInt16] = []

        init(capacity: Int) {
            identifiers.reserveCapacity(capacity)
            hashes.reserveCapacity(capacity)
            positions.reserveCapacity(capacity)
            sequences.reserveCapacity(capacity)
        }
    }

    private(set) var count = 0
    private var blocks: [Block] = []
    // 0 is empty; otherwise a record's number plus one.
    private var slots = [UInt32](repeating: 0, count: slotCountMin)

    /// The bytes held for records and slots.
    var byteCount: Int { blocks.count * Self.blockCount * 58 + slots.count * 4 }

    /// The object's record; a new one is empty (`newest` gives nil for it).
    mutating func record(of object: ObjectKey) -> Int {
        var slot = Self.slot(of: object.words, in: slots.count)
        while slots[slot] != 0 {
            let number = Int(slots[slot]) - 1
            if key(number) == object { return number }
            slot = slot + 1 == slots.count ? 0 : slot + 1
        }
        if count % Self.blockCount == 0 { blocks.append(Block(capacity: Self.blockCount)) }
        let last = blocks.count - 1
        blocks[last].identifiers.append(object.words)
        blocks[last].hashes.append(MerkleHash())
        blocks[last].positions.append(UInt64(object.byteCount) << 40)
        blocks[last].sequences.append(0)
        count += 1
        slots[slot] = UInt32(count)
        if count * 10 > slots.count * 9 { rebuild(slotCount: slots.count + slots.count / 4) }
        return count - 1
    }

    /// How many entries the object has; 0 for a new record.
    func entryCount(_ number: Int) -> UInt64 {
        let block = blocks[number / Self.blockCount]
        let position = number % Self.blockCount
        return block.positions[position] >> 45 | UInt64(block.sequences[position]) << 19
    }

    /// The newest entry; nil for a new record.
    func newest(_ number: Int) -> EntryLink? {
        guard entryCount(number) > 0 else { return nil }
        let position = number % Self.blockCount
        return EntryLink(
            leafHash: blocks[number / Self.blockCount].hashes[position],
            index: blocks[number / Self.blockCount].positions[position] & Self.indexMax)
    }

    mutating func set(_ number: Int, entryCount: UInt64, newest: EntryLink) {
        let (block, position) = (number / Self.blockCount, number % Self.blockCount)
        let kept = min(entryCount, Self.sequenceMax)
        let length = blocks[block].positions[position] >> 40 & 0x1F
        blocks[block].hashes[position] = newest.leafHash
        blocks[block].positions[position] = newest.index & Self.indexMax | length << 40 | kept << 45
        blocks[block].sequences[position] = UInt16(truncatingIfNeeded: kept >> 19)
    }

    /// The root over all heads in order of their identifiers; the slots serve as room to sort, so it takes no memory.
    mutating func headsRoot() -> (count: UInt64, root: MerkleHash) {
        var order = slots
        slots = []
        for number in 0..<count { order[number] = UInt32(number) }
        order[..<count].sort { key(Int($0)) < key(Int($1)) }
        var hasher = MerkleHasher()
        var frontier = MerkleFrontier()
        for number in order[..<count].lazy.map(Int.init) {
            let object = key(number)
            guard let newest = newest(number) else { continue }
            let head = ObjectHead(object: object.identifier, sequence: entryCount(number) - 1, link: newest)
            frontier.append(hasher.leaf(head.encoded), hasher: &hasher)
        }
        let slotCount = order.count
        order = []
        rebuild(slotCount: slotCount)
        return (frontier.size, frontier.root(hasher: &hasher))
    }

    private func key(_ number: Int) -> ObjectKey {
        let (block, position) = (number / Self.blockCount, number % Self.blockCount)
        return ObjectKey(
            words: blocks[block].identifiers[position],
            byteCount: Int(blocks[block].positions[position] >> 40 & 0x1F))
    }

    private mutating func rebuild(slotCount: Int) {
        slots = []
        slots = [UInt32](repeating: 0, count: slotCount)
        for number in 0..<count {
            var slot = Self.slot(of: key(number).words, in: slotCount)
            while slots[slot] != 0 { slot = slot + 1 == slotCount ? 0 : slot + 1 }
            slots[slot] = UInt32(number + 1)
        }
    }

    private static func slot(of words: SIMD2<UInt64>, in slotCount: Int) -> Int {
        var hasher = Swift.Hasher()
        hasher.combine(words.x)
        hasher.combine(words.y)
        let hash = UInt64(truncatingIfNeeded: hasher.finalize())
        return Int(hash.multipliedFullWidth(by: UInt64(slotCount)).high)
    }
}
