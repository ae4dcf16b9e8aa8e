package import TraceLog

extension TraceLogStore {
    /// The log's entry count; the newest entries may be unpublished, and one may be only reserved.
    package func count() throws -> UInt64 {
        try read { try Self.count($0) }
    }

    /// The number of entries that can be published: the entries before a reserved index, or all entries.
    ///
    /// - Throws: `log_behind` when fewer entries exist than were published before a recovery.
    func publishableCount() throws -> UInt64 {
        let (count, floor) = try read { snapshot in
            (try Sequencer.reservedHeads(snapshot)?.index ?? Self.count(snapshot), try snapshot.logFloor())
        }
        try LogFloor.check(count, floor)
        return count
    }

    private static func count(_ snapshot: any LogSnapshot) throws -> UInt64 {
        try snapshot.newestEntry().map { $0.index + 1 } ?? 0
    }

    /// The bytes that the entries of a range take in the published log: each entry behind its length in two bytes, and
    /// its hash, with the hashes above it.
    package func publishedByteCount(_ range: Range<UInt64>) throws -> UInt64 {
        let (count, hashByteCount) = (UInt64(range.count), UInt64(32))
        // Each tile of 256 hashes has one hash in the tile above.
        let hashes = count * hashByteCount + count * hashByteCount / 255
        return try read { try $0.entryByteCount(range) } + 2 * count + hashes
    }

    /// One entry; nil beyond the end.
    package func entry(_ index: UInt64) throws -> StoredEntry? {
        guard index < UInt64(Int64.max) else { return nil }
        return try entries(index..<index + 1).first
    }

    /// Entries in order, at most `readCountMax`.
    package func entries(_ range: Range<UInt64>) throws -> [StoredEntry] {
        let end = min(
            range.upperBound, range.lowerBound.addingReportingOverflow(UInt64(Self.readCountMax)).partialValue)
        guard range.lowerBound < end else { return [] }
        return try checked(read { try $0.entries(range.lowerBound..<end) })
    }

    /// Entries in order; a missing one is an error.
    func everyEntry(_ range: Range<UInt64>) throws -> [StoredEntry] {
        let entries = try entries(range)
        for (entry, index) in zip(entries, range) where entry.index != index {
            throw LogError.inconsistent("entry \(index) is missing in the registry, and later entries exist")
        }
        guard entries.count == range.count else {
            throw LogError.inconsistent("the entries from \(range.lowerBound + UInt64(entries.count)) on are missing")
        }
        return entries
    }

    /// The highest index of any object's newest entry.
    func newestHeadIndex() throws -> UInt64? {
        try read { try $0.newestHeadIndex() }
    }

    /// An object's entries from a sequence on, at most `readCountMax`.
    package func history(
        _ object: ObjectID, from sequence: UInt64 = 0, count: Int = readCountMax
    ) throws -> [StoredEntry] {
        let count = min(count, Self.readCountMax)
        return try checked(read { try $0.entries(of: object, from: sequence, count: count) })
    }

    /// The openings that were not erased, from the entry at `index` on; the openings of one entry stay together.
    ///
    /// - Parameters:
    ///   - index: the first entry.
    ///   - count: the approximate limit; an entry whose openings do not all fit is left for the next call.
    /// - Returns: each opening with the index of its entry, in the order of the entries, without openings whose epoch key
    ///   is gone; and the entry to go on from, nil after the last one.
    /// - Throws: ``StorageError``; `log_inconsistent` for an opening that cannot be opened; `log_behind` while published
    ///   entries are missing, because erasures may be among them.
    package func openings(
        from index: UInt64, count: Int
    ) throws -> (openings: [(index: UInt64, opening: Opening)], next: UInt64?) {
        let limit = max(count, Entry.commitmentCountMax + 1)
        try checkFloor()
        let end = try self.count()
        guard index < end else { return ([], nil) }
        return try read { [fields] snapshot in
            var stored = try snapshot.openings(index..<end, count: limit)
            let last = stored.count == limit ? stored.last?.index : nil
            if let last { stored.removeAll { $0.index == last } }
            let openings = try stored.compactMap { stored in
                try SealedOpening.open(stored, fields: fields).map { (index: stored.index, opening: $0) }
            }
            return (openings, last)
        }
    }

    /// The openings of one entry that were not erased, and whose epoch key is not gone.
    package func openings(of index: UInt64, in snapshot: any LogSnapshot) throws -> [Opening] {
        try snapshot.snapshot(of: name).openings(index..<index + 1, count: Entry.commitmentCountMax).compactMap {
            try SealedOpening.open($0, fields: fields)
        }
    }

    private func checked(_ entries: [StoredEntry]) throws(LogError) -> [StoredEntry] {
        for entry in entries where entry.bytes.count > Entry.byteCountMax {
            throw .inconsistent("entry \(entry.index) is longer than an entry can be")
        }
        return entries
    }
}
