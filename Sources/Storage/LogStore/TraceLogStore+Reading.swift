import GRDB
package import TraceLog

extension TraceLogStore {
    /// How many entries the log has; the newest may not be published yet.
    package func count() throws -> UInt64 {
        try registry.read { database in
            UInt64(try Int64.fetchOne(database, sql: "SELECT max(idx) + 1 FROM log_entries") ?? 0)
        }
    }

    /// One entry; nil beyond the end.
    package func entry(_ index: UInt64) throws -> StoredEntry? {
        guard index < UInt64(Int64.max) else { return nil }
        return try entries(index..<index + 1).first
    }

    /// Entries in order, `readCountMax` at most.
    package func entries(_ range: Range<UInt64>) throws -> [StoredEntry] {
        let end = min(
            range.upperBound, range.lowerBound.addingReportingOverflow(UInt64(Self.readCountMax)).partialValue)
        guard let first = Int64(exactly: range.lowerBound), let last = Int64(exactly: end) else { return [] }
        return try rows(
            "SELECT idx, leaf_hash, bytes FROM log_entries WHERE idx >= ? AND idx < ? ORDER BY idx", [first, last])
    }

    /// Everything that happened to an object, `readCountMax` at most, from a sequence on.
    package func history(_ object: ObjectID, from sequence: UInt64 = 0) throws -> [StoredEntry] {
        guard let first = Int64(exactly: sequence) else { return [] }
        return try rows(
            """
            SELECT idx, leaf_hash, bytes FROM log_entries WHERE object = ? AND sequence >= ?
            ORDER BY sequence LIMIT \(Self.readCountMax)
            """, [object.bytes.data, first])
    }

    /// The openings of an entry that were not erased.
    package func openings(_ index: UInt64, key: [UInt8]) throws -> [Opening] {
        guard let position = Int64(exactly: index) else { return [] }
        let rows = try registry.read { database in
            try Row.fetchAll(
                database, sql: "SELECT commitment, sealed FROM log_openings WHERE idx = ?", arguments: [position])
        }
        return try rows.map { try SealedOpening.open($0.byteArray(1), commitment: $0.hash(0), key: key) }
    }

    private func rows(_ sql: String, _ arguments: StatementArguments) throws -> [StoredEntry] {
        try registry.read { database in
            try Row.fetchAll(database, sql: sql, arguments: arguments).map { row in
                StoredEntry(index: UInt64(try row.number(0)), leafHash: try row.hash(1), bytes: try row.byteArray(2))
            }
        }
    }
}
