import CSHA256

/// The records of an ``ObjectTable``, packed side by side; owns their memory.
@safe struct ObjectRecords: ~Copyable {
    // A number of records that fills whole pages.
    private static let blockCount = 4096
    private static let blockByteCount = blockCount * Record.byteCount
    // Up to this number, records are sorted by comparison; more are first distributed by a byte.
    private static let fewCount = 32

    private(set) var count = 0
    private var blocks: [UnsafeMutableRawPointer] = unsafe []

    deinit {
        for number in 0..<(unsafe blocks.count) {
            unsafe MappedPages.unmap(blocks[number], byteCount: Self.blockByteCount)
        }
    }

    var byteCount: Int { unsafe blocks.count * Self.blockByteCount }

    subscript(number: Int) -> Record {
        get { unsafe address(number).loadUnaligned(as: Record.self) }
        nonmutating set { unsafe address(number).storeBytes(of: newValue, as: Record.self) }
    }

    /// Adds a record, and returns its number.
    mutating func append(_ record: Record) -> Int {
        if count % Self.blockCount == 0 { unsafe blocks.append(MappedPages.map(byteCount: Self.blockByteCount)) }
        count += 1
        self[count - 1] = record
        return count - 1
    }

    /// Makes the processor fetch a record, which may lie on two cache lines.
    func prefetch(_ number: Int) {
        let record = unsafe address(number)
        unsafe csha256_prefetch(record)
        unsafe csha256_prefetch(record.advanced(by: Record.byteCount - 1))
    }

    /// Sorts the records by their identifiers, in place.
    func sort() {
        sort(0..<count, byByte: 0)
    }

    private func sort(_ range: Range<Int>, byByte position: Int) {
        guard range.count > Self.fewCount, position < Record.partingByteCount else { return sortFew(range) }
        var ends = [Int](repeating: 0, count: 256)
        for number in range { ends[self[number].byte(position)] += 1 }
        var next = ends
        var end = range.lowerBound
        for byte in ends.indices {
            next[byte] = end
            end += ends[byte]
            ends[byte] = end
        }
        let starts = next
        for byte in ends.indices {
            while next[byte] < ends[byte] {
                let record = self[next[byte]]
                let home = record.byte(position)
                self[next[byte]] = self[next[home]]
                self[next[home]] = record
                next[home] += 1
            }
        }
        for byte in ends.indices { sort(starts[byte]..<ends[byte], byByte: position + 1) }
    }

    private func sortFew(_ range: Range<Int>) {
        for number in range.dropFirst() {
            let record = self[number]
            var place = number
            while place > range.lowerBound, record.key < self[place - 1].key {
                self[place] = self[place - 1]
                place -= 1
            }
            self[place] = record
        }
    }

    private func address(_ number: Int) -> UnsafeMutableRawPointer {
        // No input reaches this: the table gives out the numbers itself.
        precondition(number >= 0 && number < count, "a record's number is one that was given out")
        return unsafe blocks[number / Self.blockCount].advanced(by: number % Self.blockCount * Record.byteCount)
    }
}

extension ObjectRecords {
    /// An object and its newest entry in 57 bytes.
    struct Record: BitwiseCopyable {
        static let byteCount = MemoryLayout<Self>.size
        static let indexMax: UInt64 = (1 << 40) - 1
        // An entry a second for 68 years.
        private static let entryCountMax: UInt64 = (1 << 31) - 1
        /// The leading bytes of an identifier that sorting distributes records by; few records agree in all of them.
        static let partingByteCount = ObjectID.byteCounts.upperBound - 1

        private let high: UInt64
        // The last byte of an identifier that does not reach so far is its length.
        private let low: UInt64
        private var leafHash = MerkleHash()
        // From the lowest bit on: the index (40), whether the identifier has all 16 bytes (1), the entries' count (23).
        private var place: UInt64
        private var entryCountHigh: UInt8 = 0

        /// A record of an object without entries.
        init(_ key: ObjectKey) {
            let isWhole = Int(key.byteCount) == ObjectID.byteCounts.upperBound
            high = key.high
            low = isWhole ? key.low : key.low | UInt64(key.byteCount)
            place = isWhole ? 1 << 40 : 0
        }

        /// Sets the newest entry; a count or index beyond what fits is cut.
        mutating func set(entryCount: UInt64, newest: EntryLink) {
            let entryCount = min(entryCount, Self.entryCountMax)
            leafHash = newest.leafHash
            place = newest.index & Self.indexMax | place & 1 << 40 | entryCount << 41
            entryCountHigh = UInt8(entryCount >> 23)
        }

        var key: ObjectKey {
            place & 1 << 40 == 0
                ? ObjectKey(high: high, low: low & ~0xFF, byteCount: UInt8(truncatingIfNeeded: low))
                : ObjectKey(high: high, low: low, byteCount: UInt8(ObjectID.byteCounts.upperBound))
        }

        var entryCount: UInt64 { place >> 41 | UInt64(entryCountHigh) << 23 }

        /// The newest entry; nil where there is none.
        var newest: EntryLink? {
            entryCount == 0 ? nil : EntryLink(leafHash: leafHash, index: place & Self.indexMax)
        }

        fileprivate func byte(_ position: Int) -> Int {
            Int((position < 8 ? high : low) >> UInt64(56 - position % 8 * 8) & 0xFF)
        }
    }
}
