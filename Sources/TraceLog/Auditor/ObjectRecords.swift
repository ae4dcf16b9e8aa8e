import CSHA256

/// The records of an ``ObjectTable``, packed side by side; owns their memory.
@safe struct ObjectRecords: ~Copyable {
    private static let recordByteCount = 58
    private static let blockCount = 4096
    private static let hashOffset = 16
    private static let positionOffset = 48
    private static let sequenceOffset = 56

    private(set) var count = 0
    private var blocks: [UnsafeMutableRawPointer] = unsafe []

    deinit {
        for number in 0..<(unsafe blocks.count) { unsafe blocks[number].deallocate() }
    }

    var byteCount: Int { unsafe blocks.count * Self.blockCount * Self.recordByteCount }

    /// Adds an empty record, and gives its number.
    mutating func append(_ object: ObjectKey) -> Int {
        if count % Self.blockCount == 0 {
            unsafe blocks.append(
                .allocate(byteCount: Self.blockCount * Self.recordByteCount, alignment: 16))
        }
        count += 1
        let record = unsafe address(count - 1)
        unsafe record.storeBytes(of: object.high, as: UInt64.self)
        unsafe record.storeBytes(of: object.low, toByteOffset: 8, as: UInt64.self)
        unsafe record.storeBytes(of: MerkleHash(), toByteOffset: Self.hashOffset, as: MerkleHash.self)
        unsafe record.storeBytes(of: UInt64(object.byteCount) << 40, toByteOffset: Self.positionOffset, as: UInt64.self)
        unsafe record.storeBytes(of: 0, toByteOffset: Self.sequenceOffset, as: UInt16.self)
        return count - 1
    }

    func key(_ number: Int) -> ObjectKey {
        let record = unsafe address(number)
        let position = unsafe record.loadUnaligned(fromByteOffset: Self.positionOffset, as: UInt64.self)
        return ObjectKey(
            high: unsafe record.loadUnaligned(as: UInt64.self),
            low: unsafe record.loadUnaligned(fromByteOffset: 8, as: UInt64.self),
            byteCount: UInt8(truncatingIfNeeded: position >> 40 & 0x1F))
    }

    func entryCount(_ number: Int) -> UInt64 {
        let record = unsafe address(number)
        let position = unsafe record.loadUnaligned(fromByteOffset: Self.positionOffset, as: UInt64.self)
        let high = unsafe record.loadUnaligned(fromByteOffset: Self.sequenceOffset, as: UInt16.self)
        return position >> 45 | UInt64(high) << 19
    }

    func link(_ number: Int) -> EntryLink {
        let record = unsafe address(number)
        let position = unsafe record.loadUnaligned(fromByteOffset: Self.positionOffset, as: UInt64.self)
        return EntryLink(
            leafHash: unsafe record.loadUnaligned(fromByteOffset: Self.hashOffset, as: MerkleHash.self),
            index: position & ObjectTable.indexMax)
    }

    /// Sets the newest entry; `entryCount` fits in 35 bits, and an index beyond 40 is cut.
    func set(_ number: Int, entryCount: UInt64, newest: EntryLink) {
        let record = unsafe address(number)
        let old = unsafe record.loadUnaligned(fromByteOffset: Self.positionOffset, as: UInt64.self)
        let position = newest.index & ObjectTable.indexMax | old & (0x1F << 40) | entryCount << 45
        unsafe record.storeBytes(of: newest.leafHash, toByteOffset: Self.hashOffset, as: MerkleHash.self)
        unsafe record.storeBytes(of: position, toByteOffset: Self.positionOffset, as: UInt64.self)
        unsafe record.storeBytes(
            of: UInt16(truncatingIfNeeded: entryCount >> 19), toByteOffset: Self.sequenceOffset, as: UInt16.self)
    }

    /// Has the processor fetch a record, which may lie on two lines of its cache.
    func prefetch(_ number: Int) {
        let record = unsafe address(number)
        unsafe csha256_prefetch(record)
        unsafe csha256_prefetch(record.advanced(by: Self.recordByteCount - 1))
    }

    /// Sorts numbers by the identifiers of their records.
    func sort(_ numbers: inout ArraySlice<UInt32>) {
        numbers.sort { key(Int($0)) < key(Int($1)) }
    }

    /// Moves the record `order[i]` to place i for every record, in place; `order` is used up.
    func permute(_ order: inout [UInt32]) {
        let saved = UnsafeMutableRawPointer.allocate(byteCount: Self.recordByteCount, alignment: 16)
        defer { unsafe saved.deallocate() }
        for start in 0..<count where Int(order[start]) != start {
            unsafe saved.copyMemory(from: address(start), byteCount: Self.recordByteCount)
            var place = start
            while Int(order[place]) != start {
                let next = Int(order[place])
                unsafe address(place).copyMemory(from: address(next), byteCount: Self.recordByteCount)
                order[place] = UInt32(place)
                place = next
            }
            unsafe address(place).copyMemory(from: saved, byteCount: Self.recordByteCount)
            order[place] = UInt32(place)
        }
    }

    private func address(_ number: Int) -> UnsafeMutableRawPointer {
        precondition(number >= 0 && number < count, "a record's number is one that was given out")
        return unsafe blocks[number / Self.blockCount].advanced(by: number % Self.blockCount * Self.recordByteCount)
    }
}
