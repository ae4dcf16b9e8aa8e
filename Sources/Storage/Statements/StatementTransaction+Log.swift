package import TraceLog

extension StatementTransaction {
    /// The prefix of the tables of this view's log.
    private var name: String { log.rawValue }

    package func isKept() throws -> Bool { try database.hasTable("\(name)_entries") }

    package func newestEntry() throws -> (index: UInt64, recordedAtMilliseconds: UInt64)? {
        try database.first("SELECT idx, recorded_at FROM \(name)_entries ORDER BY idx DESC LIMIT 1") { row in
            (try row.number(0), try row.number(1))
        }
    }

    package func newestOwnEntry() throws -> OwnEntry? {
        try database.first(
            """
            SELECT idx, sequence, recorded_at, bytes FROM \(name)_entries WHERE object = ?
            ORDER BY sequence DESC LIMIT 1
            """, .bytes([])
        ) { row in
            OwnEntry(
                index: try row.number(0), sequence: try row.number(1), recordedAtMilliseconds: try row.number(2),
                bytes: try row.byteArray(3))
        }
    }

    package func object(ofEntry index: UInt64) throws -> [UInt8]? {
        guard let index = Int64(exactly: index) else { return nil }
        return try database.first("SELECT object FROM \(name)_entries WHERE idx = ?", .integer(index)) {
            try $0.byteArray(0)
        }
    }

    package func entries(_ range: Range<UInt64>) throws -> [StoredEntry] {
        guard let first = Int64(exactly: range.lowerBound), let end = Int64(exactly: range.upperBound) else {
            return []
        }
        return try database.all(
            """
            SELECT idx, leaf_hash, bytes FROM \(name)_entries
            WHERE idx >= ? AND idx < ? AND bytes <> ? ORDER BY idx
            """, .integer(first), .integer(end), .bytes([])
        ) { try $0.entry() }
    }

    package func entryByteCount(_ range: Range<UInt64>) throws -> UInt64 {
        try database.first(
            "SELECT CAST(coalesce(sum(length(bytes)), 0) AS bigint) FROM \(name)_entries WHERE idx >= ? AND idx < ?",
            .integer(Int64(clamping: range.lowerBound)), .integer(Int64(clamping: range.upperBound))
        ) { try $0.unsigned(0) } ?? 0
    }

    package func entries(of object: ObjectID, from sequence: UInt64, count: Int) throws -> [StoredEntry] {
        guard let first = Int64(exactly: sequence) else { return [] }
        return try database.all(
            """
            SELECT idx, leaf_hash, bytes FROM \(name)_entries WHERE object = ? AND sequence >= ? AND bytes <> ?
            ORDER BY sequence LIMIT ?
            """, .bytes(object.bytes), .integer(first), .bytes([]), .integer(Int64(count))
        ) { try $0.entry() }
    }

    package func visitOwnEntries(
        containing part: [UInt8], before end: UInt64?, newestFirst isNewestFirst: Bool,
        _ visit: (_ index: UInt64, _ bytes: [UInt8]) throws -> Bool
    ) throws {
        try database.visit(
            """
            SELECT idx, bytes FROM \(name)_entries
            WHERE object = ?1 AND idx < ?2 AND bytes <> ?1 AND instr(bytes, ?3) > 0
            ORDER BY sequence \(isNewestFirst ? "DESC" : "ASC")
            """, .bytes([]), .integer(end.map { Int64(clamping: $0) } ?? .max), .bytes(part)
        ) { row in try visit(row.number(0), row.byteArray(1)) }
    }

    package func head(of object: ObjectID) throws -> ObjectHead? {
        try database.first(
            "SELECT sequence, leaf_hash, idx FROM \(name)_heads WHERE object = ?", .bytes(object.bytes)
        ) { row in
            let link = EntryLink(leafHash: try row.hash(1), index: try row.number(2))
            return ObjectHead(object: object, sequence: try row.number(0), link: link)
        }
    }

    package func head(of object: ObjectID, before index: UInt64) throws -> ObjectHead? {
        try database.first(
            """
            SELECT object, sequence, leaf_hash, idx FROM \(name)_entries WHERE object = ? AND idx < ?
            ORDER BY sequence DESC LIMIT 1
            """, .bytes(object.bytes), .integer(index)
        ) { try $0.head() }
    }

    package func heads(from object: [UInt8], count: Int) throws -> [ObjectHead] {
        try database.all(
            "SELECT object, sequence, leaf_hash, idx FROM \(name)_heads WHERE object >= ? ORDER BY object LIMIT ?",
            .bytes(object), .integer(Int64(count))
        ) { try $0.head() }
    }

    package func newestHeadIndex() throws -> UInt64? {
        try database.first("SELECT idx FROM \(name)_heads ORDER BY idx DESC LIMIT 1") { try $0.number(0) }
    }

    package func keptRequest(_ keys: (String, String)) throws -> KeptRequest? {
        try database.first(
            "SELECT digest, idx, sequence, leaf_hash FROM \(name)_requests WHERE key IN (?, ?)", .text(keys.0),
            .text(keys.1)
        ) { row in
            noteRepeatedAnswer()
            return try Self.keptRequest(row)
        }
    }

    /// A request from a row of digest, index, sequence and leaf hash.
    package static func keptRequest(_ row: Engine.Row) throws -> KeptRequest {
        let answer = AppendAnswer(index: try row.number(1), sequence: try row.number(2), leafHash: try row.hash(3))
        return KeptRequest(digest: try row.byteArray(0), answer: answer)
    }

    /// An object's newest entry from a row of object, sequence, leaf hash and index.
    package static func head(_ row: Engine.Row) throws -> ObjectHead { try row.head() }

    package func logFloor() throws -> LogFloor? {
        do {
            return try database.first("SELECT size, root FROM \(name)_floor") { row in
                LogFloor(size: UInt64(try row.number(0)), root: try row.hash(1))
            }
        } catch {
            // A registry that is open for reading alone may be of an earlier version without floors.
            guard try !database.hasTable("\(name)_floor") else { throw error }
            return nil
        }
    }
}

extension StatementTransaction {
    package func appendEntry(_ entry: StoredEntry, head: ObjectHead, recordedAtMilliseconds: UInt64) throws {
        try database.run(
            "INSERT INTO \(name)_entries VALUES (?, ?, ?, ?, ?, ?)", .integer(entry.index), .bytes(head.object.bytes),
            .integer(head.sequence), .bytes(entry.leafHash.bytes), .integer(recordedAtMilliseconds),
            .bytes(entry.bytes))
        try set(head)
    }

    package func reserveEntry(_ entry: OwnEntry) throws {
        try database.run(
            "INSERT INTO \(name)_entries VALUES (?1, ?2, ?3, ?2, ?4, ?2)", .integer(entry.index),
            .bytes([]), .integer(entry.sequence), .integer(entry.recordedAtMilliseconds))
    }

    package func fillEntry(_ entry: StoredEntry, head: ObjectHead) throws {
        try database.run(
            "UPDATE \(name)_entries SET leaf_hash = ?, bytes = ? WHERE idx = ?", .bytes(entry.leafHash.bytes),
            .bytes(entry.bytes), .integer(entry.index))
        try set(head)
    }

    private func set(_ head: ObjectHead) throws {
        try database.run(
            """
            INSERT INTO \(name)_heads VALUES (?, ?, ?, ?) ON CONFLICT (object) DO UPDATE SET
                sequence = excluded.sequence, leaf_hash = excluded.leaf_hash, idx = excluded.idx
            """, .bytes(head.object.bytes),
            .integer(head.sequence), .bytes(head.link.leafHash.bytes), .integer(head.link.index))
    }

    package func insertRequest(_ request: KeptRequest, key: String) throws {
        try database.run(
            "INSERT INTO \(name)_requests VALUES (?, ?, ?, ?, ?)", .text(key), .bytes(request.digest),
            .integer(request.answer.index), .integer(request.answer.sequence),
            .bytes(request.answer.leafHash.bytes))
    }

    package func setLogFloor(_ floor: LogFloor) throws {
        try database.run(
            """
            INSERT INTO \(name)_floor VALUES (0, ?, ?)
            ON CONFLICT ("only") DO UPDATE SET size = excluded.size, root = excluded.root
            """, .integer(floor.size), .bytes(floor.root.bytes))
    }

    package func removeLogFloor() throws { try database.run("DELETE FROM \(name)_floor") }
}

/// Openings are stored in rows that are added only at the table's end and are erased by zeros of the same length.
///
/// SQLite moves rows when others are inserted between them or deleted, and leaves copies in the free space of pages,
/// even under `secure_delete`. Rows that never move leave no copies. Once such a row is overwritten and the
/// write-ahead log is emptied, nothing of it is on the disk, and no other page had to be rewritten.
extension StatementTransaction {
    /// The low bits of a row's number, which count an entry's openings; the higher bits are the entry's index.
    private static var placeBitCount: Int { 8 }

    package func insertOpenings(_ openings: [StoredOpening], of index: UInt64) throws {
        // No input reaches this: encoding the entry has already refused more commitments.
        precondition(openings.count <= 1 << Self.placeBitCount, "an entry has fewer openings")
        for (place, opening) in openings.enumerated() {
            try database.run(
                "INSERT INTO \(name)_openings VALUES (?, ?, 1, ?)",
                .integer(try Self.firstRow(of: index) | Int64(place)),
                .bytes(opening.commitment.bytes), .bytes(opening.sealed))
        }
    }

    package func openings(_ range: Range<UInt64>, count: Int) throws -> [StoredOpening] {
        try database.all(
            """
            SELECT number, commitment, sealed FROM \(name)_openings
            WHERE number >= ? AND number < ? AND is_kept = 1 ORDER BY number LIMIT ?
            """, .integer(try Self.firstRow(of: range.lowerBound)), .integer(try Self.firstRow(of: range.upperBound)),
            .integer(Int64(count))
        ) { row in
            StoredOpening(
                index: try row.number(0) >> UInt64(Self.placeBitCount), commitment: try row.hash(1),
                sealed: try row.byteArray(2))
        }
    }

    package func eraseOpenings(of index: UInt64) throws -> [MerkleHash] {
        let (first, end) = (try Self.firstRow(of: index), try Self.firstRow(of: index + 1))
        let commitments = try database.all(
            "SELECT commitment FROM \(name)_openings WHERE number >= ? AND number < ? AND is_kept = 1 ORDER BY commitment",
            .integer(first), .integer(end)
        ) { try $0.hash(0) }
        try database.run(
            "UPDATE \(name)_openings SET is_kept = 0, sealed = zeroblob(length(sealed)) WHERE number >= ? AND number < ?",
            .integer(first), .integer(end))
        return commitments
    }

    private static func firstRow(of index: UInt64) throws -> Int64 {
        guard index <= UInt64(Int64.max >> placeBitCount) else {
            throw LogError.inconsistent("the index \(index) is out of range")
        }
        return Int64(index << UInt64(placeBitCount))
    }
}
