package import Storage

extension PostgreSQLStore {
    /// Makes a registry with every row of another store, in one transaction.
    ///
    /// Every row is read back and compared before the commit, so that the new registry is complete or is not made.
    ///
    /// - Parameters:
    ///   - address: a database in which the first schema of the search path has no registry yet.
    ///   - source: the rows of the other store, at one moment.
    ///   - progress: is called after each row.
    /// - Returns: each table with the number of its rows.
    /// - Throws: `registry_exists`; `migration_refused` when tables or rows differ; `registry_unwritable` for a row that
    ///   PostgreSQL does not take; `storage_unavailable`; the error of the other store.
    package static func create(
        at address: PostgreSQLAddress, with source: any StoredTables, progress: () -> Void = {}
    ) throws(StorageError) -> [(table: StoredTable, rowCount: Int)] {
        var copied: [(table: StoredTable, digest: TableDigest)] = []
        try PostgreSQLSchema.change(at: address) { session in
            try PostgreSQLSchema.requireNone(session, at: address)
            try PostgreSQLSchema.create(session)
            // The other store's reads may take a while between two statements.
            try session.runNow("SET LOCAL idle_in_transaction_session_timeout = 0")
            let target = PostgreSQLRows(session: session)
            let tables = try source.tables()
            guard try target.tables().map(Self.unordered) == tables.map(Self.unordered) else {
                throw Self.refused("the two stores do not have the same tables and columns")
            }
            for table in tables { copied.append((table, try target.add(table, from: source, progress: progress))) }
            for (table, digest) in copied {
                var found = TableDigest()
                try target.visitRows(of: table) { found.add($0) }
                guard found == digest else {
                    throw Self.refused(
                        "\(table.name) has \(digest.rowCount) rows, and not the same \(found.rowCount) in the database")
                }
            }
            try PostgreSQLTransaction(database: session).raiseAuditNumber(to: source.newestAuditNumber())
        }
        return copied.map { ($0.table, $0.digest.rowCount) }
    }

    private static func unordered(_ table: StoredTable) -> StoredTable {
        StoredTable(name: table.name, columns: table.columns.sorted())
    }

    private static func refused(_ reason: String) -> StorageError {
        StorageError(
            code: .migrationRefused, reason: "the registry was not moved: \(reason)",
            hint: "run `suishend --check-config`; the registry is in its former place, unchanged")
    }
}
