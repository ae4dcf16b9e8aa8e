/// Every object's newest entry, in at most 64 bytes an object plus a constant.
///
/// A record is 57 bytes: the whole identifier, padded to 16 bytes, so that no two objects are ever confused; the leaf
/// hash; and 72 bits for the rest. Records lie in blocks, and are found through slots of 4 bytes, of which 80 % to 90 %
/// are taken: at most 62 bytes an object. A hash with a random key for each table chooses the slot, so that nobody can
/// make identifiers that collide. A slot's spare bits hold more of the hash, so that other objects' records are seldom
/// looked at.
struct ObjectTable: ~Copyable {
    static let indexMax = ObjectRecords.Record.indexMax

    private var records = ObjectRecords()
    private var slots = ObjectSlots(count: 1024)
    // Records below this number are sorted by identifier.
    private var sortedCount = 0
    private let keys = SIMD4<UInt64>.random(in: 0 ... .max) | 1

    var count: Int { records.count }

    /// The bytes held for records and slots.
    var byteCount: Int { records.byteCount + slots.byteCount }

    /// The number of the object's record, which is made where there is none.
    ///
    /// `guess` is a number that ``find(_:_:)`` gave for the object; it may have become another object's since.
    @inline(__always)
    mutating func record(of object: ObjectKey, guess: Int? = nil) -> Int {
        if let guess, guess < count, records[guess].key == object { return guess }
        return search(object)
    }

    /// Looks up the objects of many entries, so that the processor fetches all their slots and records at once.
    ///
    /// `found` gets the number of each entry's record; nil where the first slot does not show it.
    func find(_ entries: [ScannedEntry?], _ found: inout [Int?]) {
        found.removeAll(keepingCapacity: true)
        var hashes: [UInt64] = []
        hashes.append(addingCapacity: entries.count) { room in
            for entry in entries {
                let hash = entry.map { self.hash(of: $0.object) } ?? 0
                slots.prefetch(hash)
                room.append(hash)
            }
        }
        found.append(addingCapacity: entries.count) { room in
            for hash in hashes {
                var slot = slots.home(hash)
                let number = slots.number(hash, in: &slot)
                if let number { records.prefetch(number) }
                room.append(number)
            }
        }
    }

    /// The end of the object's chain; an empty chain for a new record.
    @inline(__always)
    func chain(_ number: Int) -> ObjectChain {
        let record = records[number]
        return ObjectChain(entryCount: record.entryCount, newest: record.newest)
    }

    @inline(__always)
    func set(_ number: Int, _ chain: ObjectChain) {
        guard let newest = chain.newest else { return }
        records[number].set(entryCount: chain.entryCount, newest: newest)
    }

    private mutating func search(_ object: ObjectKey) -> Int {
        let hash = hash(of: object)
        var slot = slots.home(hash)
        while let number = slots.number(hash, in: &slot) {
            if records[number].key == object { return number }
            slot = slots.after(slot)
        }
        let number = records.append(ObjectRecords.Record(object))
        slots.put(number, hash, in: slot)
        if !slots.hasRoom(for: count) { rebuild(slotCount: slots.count + slots.count / 8) }
        return number
    }

    /// The statement over all heads in order of their identifiers.
    ///
    /// The records are sorted first, and stay sorted until a new object is added. Sorting changes their numbers.
    mutating func heads(entryCount: UInt64) -> HeadsStatement {
        if sortedCount < count {
            records.sort()
            sortedCount = count
            rebuild(slotCount: slots.count)
        }
        var list = HeadsAccumulator()
        for number in 0..<count {
            let record = records[number]
            guard let newest = record.newest else { continue }
            list.append(record.key, sequence: record.entryCount - 1, link: newest)
        }
        return list.statement(entryCount: entryCount)
    }

    private mutating func rebuild(slotCount: Int) {
        slots.clear(count: slotCount)
        for number in 0..<count { slots.put(number, hash(of: records[number].key)) }
    }

    private func hash(of object: ObjectKey) -> UInt64 {
        let first = (object.high ^ keys[0]).multipliedFullWidth(by: keys[1])
        let second = (first.high ^ first.low ^ object.low ^ keys[2]).multipliedFullWidth(by: keys[3])
        return second.high ^ second.low
    }
}
