import TraceLog

/// Statements of every object's newest entry.
///
/// Where there are few objects, a statement is made in the transaction that it is due in. Where there are many, that
/// transaction reserves its index, so that appends go on behind it, and the publisher makes it from the entries
/// before that index, piece by piece. Nothing behind a reserved index is published before it is filled.
extension Sequencer {
    /// Objects that one read of their heads takes.
    static let headsReadCount = 1024

    /// States every object's newest entry, or reserves the place where that is going to stand.
    ///
    /// A statement that falls due while the one before it is still being made is left out, as is one over nothing new.
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

    /// Puts a statement where its place was reserved; does nothing where another did.
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

    /// Makes the statement of a reserved place in this transaction.
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

    /// The index that awaits its heads entry.
    static func reservedHeads(_ snapshot: any LogSnapshot) throws -> OwnEntry? {
        guard let newest = try snapshot.newestOwnEntry(), newest.isReserved else { return nil }
        return newest
    }

    /// The newest entries that objects had before `index`, in the order of the objects' identifiers.
    ///
    /// - Parameters:
    ///   - index: entries from there on are ignored.
    ///   - object: where to begin; empty at the first.
    ///   - snapshot: any that has the entries before `index`.
    /// - Returns: some heads, and where the rest begins; nil after the last.
    /// - Throws: ``LogError`` for rows that no log has.
    static func heads(
        before index: UInt64, from object: [UInt8], _ snapshot: any LogSnapshot
    ) throws -> (heads: [ObjectHead], next: [UInt8]?) {
        let newest = try snapshot.heads(from: object, count: headsReadCount)
        let heads = try newest.compactMap { head in
            head.link.index < index ? head : try snapshot.head(of: head.object, before: index)
        }
        guard newest.count == headsReadCount, let last = newest.last else { return (heads, nil) }
        // No identifier lies between one and itself with a zero byte after it.
        return (heads, last.object.bytes + [0])
    }
}

extension OwnEntry {
    /// Whether it states heads, and nothing was appended after it.
    fileprivate func isHeads(before next: UInt64) throws -> Bool {
        guard index + 1 == next, !isReserved, case .heads = try Entry.decode(bytes[...]).event else { return false }
        return true
    }
}
