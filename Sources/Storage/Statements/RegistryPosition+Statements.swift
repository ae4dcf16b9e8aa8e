extension RegistryPosition {
    /// The registry's position.
    ///
    /// - Returns: nil for a registry of an earlier version without positions.
    /// - Throws: `registry_corrupt`.
    package static func read(_ database: some StatementDatabase) throws -> RegistryPosition? {
        guard try database.hasTable("installation") else { return nil }
        return try database.first("SELECT commitCount, blockCommitCount, id FROM installation", read: position)
    }

    /// Begins a registry's count.
    ///
    /// - Parameters:
    ///   - installation: the identifier of the registry's installation.
    ///   - database: an open transaction, which is the first one to be counted.
    /// - Throws: the error of the database.
    package static func begin(_ installation: [UInt8], _ database: some StatementDatabase) throws {
        try database.run("INSERT INTO installation VALUES (0, ?, 0, 0)", .bytes(installation))
    }

    /// Counts a transaction at its end.
    ///
    /// - Returns: the position after the transaction's commit, with the number of the newest epoch key, 0 before the
    ///   first; nil when the registry has no position.
    /// - Throws: `registry_corrupt`, or the error of the database.
    package static func advance(
        _ database: some StatementDatabase
    ) throws -> (position: RegistryPosition, newestEpoch: UInt32)? {
        try database.first(
            """
            UPDATE installation SET commitCount = commitCount + 1
            RETURNING commitCount, blockCommitCount, id, (SELECT coalesce(max(number), 0) FROM epochKey)
            """
        ) { row in
            guard let newest = row.integer(3).flatMap(UInt32.init(exactly:)) else {
                throw StorageError.corruptRow("the number of an epoch key")
            }
            return (try position(row), newest)
        }
    }

    /// Raises the count to at least `commitCount`, before the transaction itself is counted.
    package static func raise(to commitCount: UInt64, _ database: some StatementDatabase) throws {
        guard let count = Int64(exactly: commitCount) else { throw StorageError.corruptRow("the count of commits") }
        try database.run(
            "UPDATE installation SET commitCount = CASE WHEN commitCount < ?1 THEN ?1 ELSE commitCount END",
            .integer(count))
    }

    private static func position(_ row: some StoredRow) throws -> RegistryPosition {
        guard let commitCount = row.integer(0).flatMap(UInt64.init(exactly:)),
            let blockCommitCount = row.integer(1).flatMap(UInt64.init(exactly:)), let installation = row.bytes(2),
            installation.count == installationByteCount
        else { throw StorageError.corruptRow("the installation's count of commits") }
        return RegistryPosition(
            installation: installation, commitCount: commitCount, blockCommitCount: blockCommitCount)
    }
}
