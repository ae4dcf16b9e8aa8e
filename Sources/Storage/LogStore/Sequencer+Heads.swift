import GRDB
import TraceLog

/// Statements of every object's newest entry.
///
/// Where there are few objects, a statement is made in the transaction that it is due in. Where there are many, that
/// transaction reserves its index, so that appends go on behind it, and whoever publishes makes it from the entries
/// before that index, piece by piece. Nothing behind a reserved index is published before it is filled.
extension Sequencer {
    /// An index that awaits its heads entry.
    struct ReservedHeads {
        let index: UInt64
        let sequence: UInt64
        let recordedAtMilliseconds: UInt64
    }

    /// Objects that one read of their heads takes.
    static let headsReadCount = 1024

    /// States every object's newest entry, or reserves the place where that is going to stand.
    ///
    /// A statement that falls due while the one before it is still being made is left out, as is one over nothing new.
    func stateHeads(at timeMilliseconds: UInt64, _ database: Database) throws {
        let next = try Self.next(database)
        try LogFloor.check(next.index, database)
        let newest = try Self.newestOfLog(database)
        let isReserved = newest?.isReserved ?? false
        let isStated = try newest.map { try $0.isHeads(before: next.index) } ?? (next.index == 0)
        if isReserved || isStated { return }
        let rows = try Row.fetchCursor(
            database.cachedStatement(
                sql: "SELECT object, sequence, leaf_hash, idx FROM log_heads ORDER BY object LIMIT ?"),
            arguments: [headsAtOnceCountMax + 1])
        var list = HeadsAccumulator()
        while let row = try rows.next() { list.append(try row.head()) }
        let statement = list.statement(entryCount: next.index)
        guard statement.objectCount > UInt64(headsAtOnceCountMax) else {
            let request = EventRequest(object: .log, event: .heads(statement), actor: "")
            _ = try insert(request, at: timeMilliseconds, database)
            return
        }
        let sequence = try Self.head(.log, database).map { $0.sequence + 1 } ?? 0
        let time = max(timeMilliseconds, next.recordedAtMilliseconds)
        try database.cachedStatement(sql: "INSERT INTO log_entries VALUES (?, x'', ?, x'', ?, x'')").execute(
            arguments: [try next.index.stored, try sequence.stored, try time.stored])
    }

    /// Puts a statement where its place was reserved; does nothing where another did.
    func fill(_ statement: HeadsStatement, _ database: Database) throws {
        guard let reserved = try Self.reservedHeads(database), reserved.index == statement.entryCount else { return }
        let entry = Entry(
            object: .log, sequence: reserved.sequence, previous: try Self.head(.log, database)?.link,
            recordedAtMilliseconds: reserved.recordedAtMilliseconds, actor: "", keyIdentifier: nil,
            event: .heads(statement), commitments: [])
        let bytes = try entry.encoded()
        var hasher = MerkleHasher()
        let leafHash = hasher.leaf(bytes).bytes.data
        try database.execute(
            sql: "UPDATE log_entries SET leaf_hash = ?, bytes = ? WHERE idx = ?",
            arguments: [leafHash, bytes.data, try reserved.index.stored])
        try database.execute(
            sql: "INSERT OR REPLACE INTO log_heads VALUES (x'', ?, ?, ?)",
            arguments: [try reserved.sequence.stored, leafHash, try reserved.index.stored])
    }

    /// Makes a statement whose place is reserved here and now.
    func makeReservedHeads(_ database: Database) throws {
        guard let reserved = try Self.reservedHeads(database) else { return }
        var list = HeadsAccumulator()
        var object: [UInt8]? = []
        while let start = object {
            let part = try Self.heads(before: reserved.index, from: start, database)
            for head in part.heads { list.append(head) }
            object = part.next
        }
        try fill(list.statement(entryCount: reserved.index), database)
    }

    static func reservedHeads(_ database: Database) throws -> ReservedHeads? {
        guard let newest = try newestOfLog(database), newest.isReserved else { return nil }
        return ReservedHeads(
            index: newest.index, sequence: newest.sequence, recordedAtMilliseconds: newest.recordedAtMilliseconds)
    }

    /// The newest entries that objects had before `index`, in the order of the objects' identifiers.
    ///
    /// - Parameters:
    ///   - index: what was appended from there on is passed over.
    ///   - object: where to begin; empty at the first.
    ///   - database: any snapshot that has the entries before `index`.
    /// - Returns: some heads, and where the rest begins; nil after the last.
    /// - Throws: ``LogError`` for rows that are none of a log.
    static func heads(
        before index: UInt64, from object: [UInt8], _ database: Database
    ) throws -> (heads: [ObjectHead], next: [UInt8]?) {
        let rows = try Row.fetchCursor(
            database.cachedStatement(
                sql: "SELECT object, sequence, leaf_hash, idx FROM log_heads WHERE object >= ? ORDER BY object LIMIT ?"),
            arguments: [object.data, headsReadCount])
        let earlier = try database.cachedStatement(
            sql: """
                SELECT object, sequence, leaf_hash, idx FROM log_entries WHERE object = ? AND idx < ?
                ORDER BY sequence DESC LIMIT 1
                """)
        var heads: [ObjectHead] = []
        var count = 0
        var last: [UInt8] = []
        while let row = try rows.next() {
            count += 1
            let head = try row.head()
            last = head.object.bytes
            if head.link.index < index {
                heads.append(head)
            } else if let row = try Row.fetchOne(earlier, arguments: [last.data, try index.stored]) {
                heads.append(try row.head())
            }
        }
        // No identifier lies between one and itself with a zero byte after it.
        return (heads, count < headsReadCount ? nil : last + [0])
    }

    /// The newest entry of the log's own chain.
    private struct OwnEntry {
        let index: UInt64
        let sequence: UInt64
        let recordedAtMilliseconds: UInt64
        let bytes: [UInt8]

        var isReserved: Bool { bytes.isEmpty }

        /// Whether it states heads, and nothing was appended after it.
        func isHeads(before next: UInt64) throws -> Bool {
            guard index + 1 == next, !isReserved, case .heads = try Entry.decode(bytes[...]).event else {
                return false
            }
            return true
        }
    }

    private static func newestOfLog(_ database: Database) throws -> OwnEntry? {
        let statement = try database.cachedStatement(
            sql: """
                SELECT idx, sequence, recorded_at, bytes FROM log_entries WHERE object = x''
                ORDER BY sequence DESC LIMIT 1
                """)
        guard let row = try Row.fetchOne(statement) else { return nil }
        return OwnEntry(
            index: try row.number(0), sequence: try row.number(1),
            recordedAtMilliseconds: try row.number(2), bytes: try row.byteArray(3))
    }
}
