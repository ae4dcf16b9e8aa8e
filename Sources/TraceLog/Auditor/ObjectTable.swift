/// Every object's newest entry, in at most 64 bytes an object plus a constant.
///
/// A record is 57 bytes: the identifier itself, padded to 16 bytes (so that no two objects can ever be taken for one
/// another), the leaf hash, and 72 bits for the rest. Records lie in blocks, found through slots of 4 bytes that are
/// between 80 % and 90 % full: 62 bytes an object at most, of which none is ever there twice. Slots are chosen by a hash
/// keyed anew in every table, so that nobody can make identifiers that collide; what a slot's record number leaves of
/// its 32 bits holds more of that hash, so that hardly any other object's record is looked at.
struct ObjectTable: ~Copyable {
    static let indexMax = ObjectRecords.Record.indexMax

    private var records = ObjectRecords()
    private var slots = ObjectSlots(count: 1024)
    // Records below this number are in order of their identifiers.
    private var sortedCount = 0
    private let keys = SIMD4<UInt64>.random(in: 0 ... .max) | 1

    var count: Int { records.count }

    /// The bytes held for records and slots.
    var byteCount: Int { records.byteCount + slots.byteCount }

    /// The object's record; a new one is empty (``newest(_:)`` gives nil for it).
    ///
    /// `guess` is a record's number that ``find(_:)`` gave for the object; it may have become another's since.
    @inline(__always)
    mutating func record(of object: ObjectKey, guess: Int? = nil) -> Int {
        if let guess, guess < count, records[guess].key == object { return guess }
        return search(object)
    }

    /// Looks these entries' objects up, so that the processor fetches all of what that needs at once.
    ///
    /// `found` gets the number of each entry's record, which is fetched as well; nil where it is not seen at once.
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

    /// How many entries the object has; 0 for a new record.
    func entryCount(_ number: Int) -> UInt64 { records[number].entryCount }

    /// The newest entry; nil for a new record.
    func newest(_ number: Int) -> EntryLink? { records[number].newest }

    func set(_ number: Int, entryCount: UInt64, newest: EntryLink) {
        records[number].set(entryCount: entryCount, newest: newest)
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
    /// Records are brought into that order first, and stay in it until new objects come; a record's number from
    /// before is not valid any more.
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
