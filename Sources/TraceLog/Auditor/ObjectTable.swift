import CSHA256

/// Every object's newest entry, in at most 64 bytes an object plus a constant.
///
/// A record is 58 bytes: the identifier itself, padded to 16 bytes (so that no two objects can ever be taken for one
/// another), the leaf hash, and 80 bits that hold the index (40), the identifier's length (5) and the sequence (35).
/// Records lie in blocks, found through a table of 4-byte slots between 72 % and 90 % full. Slots are chosen by a hash
/// keyed anew in every table, so that nobody can make identifiers that collide; what a slot's record number leaves of
/// its 32 bits holds more of that hash, so that hardly any other object's record is looked at.
struct ObjectTable: ~Copyable {
    static let indexMax: UInt64 = (1 << 40) - 1
    static let sequenceMax: UInt64 = (1 << 35) - 1
    private static let slotCountMin = 1024

    private var records = ObjectRecords()
    // 0 is empty; otherwise a record's number plus one in the low bits, and bits of the hash above them.
    private var slots = [UInt32](repeating: 0, count: slotCountMin)
    // Records below this number are in order of their identifiers.
    private var sortedCount = 0
    private let keys = SIMD4<UInt64>.random(in: 0 ... .max) | 1

    var count: Int { records.count }

    /// The bytes held for records and slots.
    var byteCount: Int { records.byteCount + slots.count * 4 }

    /// The object's record; a new one is empty (`newest` gives nil for it).
    mutating func record(of object: ObjectKey) -> Int {
        let hash = hash(of: object)
        var slot = candidate(hash, from: home(hash))
        while let number = number(in: slot) {
            if records.key(number) == object { return number }
            slot = candidate(hash, from: after(slot))
        }
        let number = records.append(object)
        slots[slot] = tag(hash) | UInt32(number + 1)
        if count * 10 > slots.count * 9 { rebuild(slotCount: slots.count + slots.count / 4) }
        return number
    }

    /// Has the processor fetch what looking these entries' objects up will need, all of it at once.
    func prefetch(_ entries: [ScannedEntry?]) {
        unsafe slots.withUnsafeBufferPointer { slots in
            guard let first = slots.baseAddress else { return }
            for case let entry? in entries { unsafe csha256_prefetch(first + home(hash(of: entry.object))) }
        }
        for case let entry? in entries {
            let hash = hash(of: entry.object)
            if let number = number(in: candidate(hash, from: home(hash))) { records.prefetch(number) }
        }
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

    /// The statement over all heads in order of their identifiers.
    ///
    /// Records are brought into that order first, and stay in it until new objects come; a record's number from
    /// before is not valid any more. The slots serve as room to sort, so that it takes no memory.
    mutating func heads(entryCount: UInt64) -> HeadsStatement {
        sort()
        var list = HeadsAccumulator()
        for number in 0..<count where records.entryCount(number) > 0 {
            list.append(
                records.key(number), sequence: records.entryCount(number) - 1, link: records.link(number))
        }
        return list.statement(entryCount: entryCount)
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
            let hash = hash(of: records.key(number))
            var slot = home(hash)
            while slots[slot] != 0 { slot = after(slot) }
            slots[slot] = tag(hash) | UInt32(number + 1)
        }
    }
}

/// How slots are found.
extension ObjectTable {
    // Record numbers plus one are at most nine tenths of the slots' count.
    private var numberMask: UInt32 { .max >> UInt32(slots.count.leadingZeroBitCount - UInt32.bitWidth) }

    private func hash(of object: ObjectKey) -> UInt64 {
        let first = (object.high ^ keys[0]).multipliedFullWidth(by: keys[1])
        let second = (first.high ^ first.low ^ object.low ^ keys[2]).multipliedFullWidth(by: keys[3])
        return second.high ^ second.low
    }

    private func home(_ hash: UInt64) -> Int { Int(hash.multipliedFullWidth(by: UInt64(slots.count)).high) }

    private func after(_ slot: Int) -> Int { slot + 1 == slots.count ? 0 : slot + 1 }

    private func tag(_ hash: UInt64) -> UInt32 { UInt32(truncatingIfNeeded: hash) & ~numberMask }

    /// The record in a slot; nil when it is empty.
    private func number(in slot: Int) -> Int? {
        slots[slot] == 0 ? nil : Int(slots[slot] & numberMask) - 1
    }

    /// The first slot, `start` or after it, that is empty or may be the object's.
    private func candidate(_ hash: UInt64, from start: Int) -> Int {
        let (mask, tag) = (numberMask, tag(hash))
        var slot = start
        while slots[slot] != 0, slots[slot] & ~mask != tag { slot = after(slot) }
        return slot
    }
}
