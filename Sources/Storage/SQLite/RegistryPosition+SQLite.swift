import GRDB

extension RegistryPosition {
    /// The registry's position.
    ///
    /// - Returns: nil for a registry of an earlier version without positions.
    /// - Throws: `registry_corrupt`.
    static func read(_ database: Database) throws -> RegistryPosition? {
        guard try database.tableExists("installation") else { return nil }
        return try database.first("SELECT commitCount, blockCommitCount, id FROM installation", read: position)
    }

    /// Begins a registry's count.
    ///
    /// - Parameters:
    ///   - installation: the identifier of the registry's installation.
    ///   - database: an open transaction, which is the first one to be counted.
    /// - Throws: SQLite's error.
    static func begin(_ installation: [UInt8], _ database: Database) throws {
        try database.run("INSERT INTO installation VALUES (0, ?, 0, 0)", .bytes(installation))
    }

    /// Counts a transaction at its end.
    ///
    /// - Returns: the position after the transaction's commit; nil when the registry has no position.
    /// - Throws: `registry_corrupt`, or SQLite's error.
    static func advance(_ database: Database) throws -> RegistryPosition? {
        try database.first(
            "UPDATE installation SET commitCount = commitCount + 1 RETURNING commitCount, blockCommitCount, id",
            read: position)
    }

    /// Raises the count to at least `commitCount`, before the transaction itself is counted.
    static func raise(to commitCount: UInt64, _ database: Database) throws {
        guard let count = Int64(exactly: commitCount) else { throw StorageError.corruptRow("the count of commits") }
        try database.run("UPDATE installation SET commitCount = max(commitCount, ?)", .integer(count))
    }

    private static func position(_ row: DirectRow) throws -> RegistryPosition {
        guard let commitCount = row.integer(0).flatMap(UInt64.init(exactly:)),
            let blockCommitCount = row.integer(1).flatMap(UInt64.init(exactly:)), let installation = row.bytes(2),
            installation.count == installationByteCount
        else { throw StorageError.corruptRow("the installation's count of commits") }
        return RegistryPosition(
            installation: installation, commitCount: commitCount, blockCommitCount: blockCommitCount)
    }
}

extension RegistrySchema {
    /// The tables of the position, which has one row, and of the checkpoint that the log must reach after a recovery.
    ///
    /// The trigger records every transaction that opens a block of status indices.
    static let positions = """
        CREATE TABLE installation (
            only INTEGER PRIMARY KEY CHECK (only = 0), id BLOB NOT NULL, commitCount INTEGER NOT NULL,
            blockCommitCount INTEGER NOT NULL) STRICT;
        CREATE TRIGGER statusBlockOpens AFTER INSERT ON statusBlock
            BEGIN UPDATE installation SET blockCommitCount = commitCount + 1; END;
        CREATE TABLE log_floor (
            only INTEGER PRIMARY KEY CHECK (only = 0), size INTEGER NOT NULL, root BLOB NOT NULL) STRICT;
        """
}
