import GRDB

/// Makes tables with sealed fields again, because rows that grow leave copies in their pages.
enum RemadeTables {
    /// Makes the table of revocations again.
    ///
    /// - Parameters:
    ///   - database: a registry in the middle of an upgrade.
    ///   - reason: the new reason of a revocation, whose old one is column 3 of the row.
    /// - Throws: an error of the database or of `reason`.
    static func revocations(
        _ database: Database, reason: (_ row: DirectRow, _ list: String, _ index: UInt64) throws -> [UInt8]?
    ) throws {
        try database.execute(
            sql: """
                ALTER TABLE revocation RENAME TO revocation_before;
                CREATE TABLE revocation (
                    list TEXT NOT NULL, statusIndex INTEGER NOT NULL, revokedAt INTEGER NOT NULL, reason BLOB,
                    PRIMARY KEY (list, statusIndex)) WITHOUT ROWID;
                """)
        try database.visit(
            "SELECT list, statusIndex, revokedAt, reason FROM revocation_before ORDER BY list, statusIndex"
        ) { row in
            let (list, index) = (try row.text(0), try row.unsigned(1))
            try database.run(
                "INSERT INTO revocation VALUES (?, ?, ?, ?)", .text(list), .integer(index),
                .integer(try row.wholeNumber(2)), try reason(row, list, index).map { .bytes($0) })
            return true
        }
        try database.execute(sql: "DROP TABLE revocation_before")
    }

    /// Makes the table of kept answers again.
    ///
    /// - Parameters:
    ///   - database: a registry in the middle of an upgrade.
    ///   - answer: the new answer to a key, whose old one is column 2 of the row.
    /// - Throws: an error of the database or of `answer`.
    static func answers(
        _ database: Database, answer: (_ row: DirectRow, _ key: String) throws -> [UInt8]
    ) throws {
        try database.execute(
            sql: """
                ALTER TABLE idempotency RENAME TO idempotency_before;
                CREATE TABLE idempotency (
                    key TEXT PRIMARY KEY, request BLOB NOT NULL, answer BLOB NOT NULL, at INTEGER NOT NULL
                    ) WITHOUT ROWID;
                """)
        try database.visit("SELECT key, request, answer, at FROM idempotency_before ORDER BY key") { row in
            let key = try row.text(0)
            try database.run(
                "INSERT INTO idempotency VALUES (?, ?, ?, ?)", .text(key), .bytes(try row.blob(1)),
                .bytes(try answer(row, key)), .integer(try row.wholeNumber(3)))
            return true
        }
        // The old table has the index until it is dropped.
        try database.execute(
            sql: """
                DROP TABLE idempotency_before;
                CREATE INDEX idempotencyByTime ON idempotency(at);
                """)
    }

    /// The cipher that an upgrade with older rows needs.
    ///
    /// - Throws: `registry_unwritable` without one.
    static func keyed(_ cipher: FieldCipher?) throws(StorageError) -> FieldCipher {
        guard let cipher else { throw .unwritable("sealing older rows needs the registry's keys") }
        return cipher
    }
}
