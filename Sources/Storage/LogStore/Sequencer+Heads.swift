import TraceLog

/// Statements of every object's newest entry.
///
/// With few objects, the transaction in which a statement falls due makes it. With many objects, that transaction only
/// reserves an index, so that appends go on after it. The publisher then makes the statement from the entries before
/// that index, piece by piece. No entry after a reserved index is published before the index is filled.
extension Sequencer {
    /// The number of objects whose heads are read at once.
    static let headsReadCount = 1024

    /// States every object's newest entry, or reserves an index for the statement.
    ///
    /// It makes no statement while the previous one is still being made, or when there is no new entry.
    func stateHeads(at timeMilliseconds: UInt64, _ transaction: any LogTransaction) throws {
        let next = try Self.next(transaction)
        try LogFloor.check(next.index, transaction)
        let newest = try transaction.newestOwnEntry()
        let isReserved = newest?.isReserved ?? false
        let isStated = try newest.map { try $0.isHeads(before: next.index) } ?? (next.index == 0)
        if isReserved || isStated { return }
        var list = HeadsAccumulator()
        for head in try transaction.heads(from: [], count: headsAtOnceCountMax + 1) { list.append(head) }
        let statement = list.statement(entryCount: next.index)
        guard statement.objectCount > UInt64(headsAtOnceCountMax) else {
            let request = EventRequest(object: .log, event: .heads(statement), actor: "")
            _ = try insert(request, at: timeMilliseconds, transaction)
            return
        }
        let sequence = try transaction.head(of: .log).map { $0.sequence + 1 } ?? 0
        let time = max(timeMilliseconds, next.recordedAtMilliseconds)
        try transaction.reserveEntry(
            OwnEntry(index: next.index, sequence: sequence, recordedAtMilliseconds: time, bytes: []))
    }

    /// Puts a statement at its reserved index; does nothing when the index is filled already.
    func fill(_ statement: HeadsStatement, _ transaction: any LogTransaction) throws {
        guard let reserved = try Self.reservedHeads(transaction), reserved.index == statement.entryCount else { return }
        let entry = Entry(
            object: .log, sequence: reserved.sequence, previous: try transaction.head(of: .log)?.link,
            recordedAtMilliseconds: reserved.recordedAtMilliseconds, actor: "", keyIdentifier: nil,
            event: .heads(statement), commitments: [])
        let bytes = try entry.encoded()
        var hasher = MerkleHasher()
        let filled = StoredEntry(index: reserved.index, leafHash: hasher.leaf(bytes), bytes: bytes)
        try transaction.fillEntry(filled, head: filled.head(of: .log, sequence: reserved.sequence))
    }

    /// Makes the statement of a reserved index in this transaction.
    func makeReservedHeads(_ transaction: any LogTransaction) throws {
        guard let reserved = try Self.reservedHeads(transaction) else { return }
        var list = HeadsAccumulator()
        var object: [UInt8]? = []
        while let start = object {
            let part = try Self.heads(before: reserved.index, from: start, transaction)
            for head in part.heads { list.append(head) }
            object = part.next
        }
        try fill(list.statement(entryCount: reserved.index), transaction)
    }

    /// The reserved entry that awaits its statement.
    static func reservedHeads(_ snapshot: any LogSnapshot) throws -> OwnEntry? {
        guard let newest = try snapshot.newestOwnEntry(), newest.isReserved else { return nil }
        return newest
    }

    /// Objects' newest entries before `index`, in the order of the objects' identifiers.
    ///
    /// - Parameters:
    ///   - index: entries from this index on are ignored.
    ///   - object: the first object's bytes; empty to begin with the first object.
    ///   - snapshot: has the entries before `index`.
    /// - Returns: some heads, and the bytes to continue from; nil after the last head.
    /// - Throws: ``LogError`` for impossible rows.
    static func heads(
        before index: UInt64, from object: [UInt8], _ snapshot: any LogSnapshot
    ) throws -> (heads: [ObjectHead], next: [UInt8]?) {
        let newest = try snapshot.heads(from: object, count: headsReadCount)
        let heads = try newest.compactMap { head in
            head.link.index < index ? head : try snapshot.head(of: head.object, before: index)
        }
        guard newest.count == headsReadCount, let last = newest.last else { return (heads, nil) }
        // Appending a zero byte gives the next possible identifier.
        return (heads, last.object.bytes + [0])
    }
}

extension OwnEntry {
    /// Whether the entry states heads, and is the log's newest entry.
    fileprivate func isHeads(before next: UInt64) throws -> Bool {
        guard index + 1 == next, !isReserved, case .heads = try Entry.decode(bytes[...]).event else { return false }
        return true
    }
}
