/// Every object's newest entry, in at most 64 bytes an object plus a constant.
///
/// A record is 58 bytes: the identifier itself, padded to 16 bytes (so that no two objects can ever be taken for one
/// another), the leaf hash, and 80 bits that hold the index (40), the identifier's length (5) and the sequence (35).
/// Records lie in blocks, found through a table of 4-byte slots between 72 % and 90 % full. Slots are chosen by a hash
/// keyed anew in every table, so that nobody can make identifiers that collide.
struct ObjectTable: ~Copyable {
    static let indexMax: UInt64 = (1 << 40) - 1
    static let sequenceMax: UInt64 = (1 << 35) - 1
    private static let slotCountMin = 1024

    private var records = ObjectRecords()
    // 0 is empty; otherwise a record's number plus one.
    private var slots = [UInt32](repeating: 0, count: slotCountMin)
    // Records below this number are in order of their identifiers.
    private var sortedCount = 0
    private let keys = SIMD4<UInt64>.random(in: 0 ... .max) | 1

    var count: Int { records.count }

    /// The bytes held for records and slots.
    var byteCount: Int { records.byteCount + slots.count * 4 }

    /// The object's record; a new one is empty (`newest` gives nil for it).
    mutating func record(of object: ObjectKey) -> Int {
        var slot = slot(of: object.words, in: slots.count)
        while slots[slot] != 0 {
            let number = Int(slots[slot]) - 1
            if records.key(number) == object { return number }
            slot = slot + 1 == slots.count ? 0 : slot + 1
        }
        let number = records.append(object)
        slots[slot] = UInt32(number + 1)
        if count * 10 > slots.count * 9 { rebuild(slotCount: slots.count + slots.count / 4) }
        return number
    }

    /// How many entries the object has; 0 for a new record.
    func entryCount(_ number: Int) -> UInt64 { records.entryCount(number) }

    /// The newest entry; nil for a new record.
    func newest(_ number: Int) -> EntryLink? {
        records.entryCount(number) == 0 ? nil : records.link(number)
    }

    mutating func set(_ number: Int, entryCount: UInt64, newest: EntryLink) {
        records.set(number, entryCount: min(entryCount, Self.sequenceMax), newest: newest)
    }

    /// The root over all heads in order of their identifiers.
    ///
    /// Records are brought into that order first, and stay in it until new objects come; a record's number from
    /// before is not valid any more. The slots serve as room to sort, so that it takes no memory.
    mutating func headsRoot() -> (count: UInt64, root: MerkleHash) {
        sort()
        var hasher = MerkleHasher()
        var frontier = MerkleFrontier()
        for number in 0..<count where records.entryCount(number) > 0 {
            let head = ObjectHead(
                object: records.key(number).identifier, sequence: records.entryCount(number) - 1,
                link: records.link(number))
            frontier.append(hasher.leaf(head.encoded), hasher: &hasher)
        }
        return (frontier.size, frontier.root(hasher: &hasher))
    }

    private mutating func sort() {
        guard sortedCount < count else { return }
        let slotCount = slots.count
        var order = slots
        slots = []
        for number in 0..<count { order[number] = UInt32(number) }
        records.sort(&order[..<count])
        records.permute(&order)
        sortedCount = count
        order = []
        rebuild(slotCount: slotCount)
    }

    private mutating func rebuild(slotCount: Int) {
        slots = []
        slots = [UInt32](repeating: 0, count: slotCount)
        for number in 0..<count {
            var slot = slot(of: records.key(number).words, in: slotCount)
            while slots[slot] != 0 { slot = slot + 1 == slotCount ? 0 : slot + 1 }
            slots[slot] = UInt32(number + 1)
        }
    }

    private func slot(of words: SIMD2<UInt64>, in slotCount: Int) -> Int {
        let first = (words.x ^ keys[0]).multipliedFullWidth(by: keys[1])
        let second = (first.high ^ first.low ^ words.y ^ keys[2]).multipliedFullWidth(by: keys[3])
        return Int((second.high ^ second.low).multipliedFullWidth(by: UInt64(slotCount)).high)
    }
}
