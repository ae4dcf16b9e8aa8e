import GRDB
import TraceLog

/// The rows that openings lie in: added at the table's end alone, and erased by zeros of the same length.
///
/// SQLite moves rows where others are put between them or deleted, and leaves copies in the free space of pages, even
/// under `secure_delete`. Rows that never move leave none: once one is overwritten and the write-ahead log emptied,
/// nothing of it is on the disk, and no other page had to be rewritten for that.
enum OpeningTable {
    /// The bits of a row's number that tell an entry's openings apart; above them stands the entry's index.
    private static let placeBitCount = 8

    static func insert(_ openings: [Opening], of index: UInt64, key: [UInt8], _ database: Database) throws {
        // No input reaches this: the entry was encoded before, which refuses as many commitments.
        precondition(openings.count <= 1 << placeBitCount, "an entry has fewer openings")
        for (place, opening) in openings.enumerated() {
            let sealed = try SealedOpening.seal(opening, key: key)
            try database.cachedStatement(sql: "INSERT INTO log_openings VALUES (?, ?, 1, ?)").execute(
                arguments: [
                    try first(of: index) | Int64(place), opening.commitment.bytes.data, sealed.data,
                ])
        }
    }

    /// The openings of the entries from `index` to before `end` that were not erased, in the entries' order.
    static func openings(
        from index: UInt64, to end: UInt64, count: Int, key: [UInt8], _ database: Database
    ) throws -> [(index: UInt64, opening: Opening)] {
        let statement = try database.cachedStatement(
            sql: """
                SELECT number, commitment, sealed FROM log_openings
                WHERE number >= ? AND number < ? AND is_kept ORDER BY number LIMIT ?
                """)
        let arguments: StatementArguments = [try first(of: index), try first(of: end), count]
        return try Row.fetchAll(statement, arguments: arguments).map { row in
            let opening = try SealedOpening.open(row.byteArray(2), commitment: row.hash(1), key: key)
            return (try row.number(0) >> UInt64(placeBitCount), opening)
        }
    }

    /// Overwrites an entry's openings.
    ///
    /// - Returns: their commitments, sorted; none where there was nothing left to erase.
    static func erase(_ index: UInt64, _ database: Database) throws -> [MerkleHash] {
        let range: StatementArguments = [try first(of: index), try first(of: index + 1)]
        let rows = try Row.fetchAll(
            database,
            sql: """
                SELECT commitment FROM log_openings WHERE number >= ? AND number < ? AND is_kept ORDER BY commitment
                """, arguments: range)
        try database.execute(
            sql: """
                UPDATE log_openings SET is_kept = 0, sealed = zeroblob(length(sealed)) WHERE number >= ? AND number < ?
                """, arguments: range)
        return try rows.map { try $0.hash(0) }
    }

    /// The number of an entry's first row.
    private static func first(of index: UInt64) throws -> Int64 {
        guard index <= UInt64(Int64.max >> placeBitCount) else {
            throw LogError.inconsistent("an index of \(index), which no log has")
        }
        return Int64(index << UInt64(placeBitCount))
    }
}
