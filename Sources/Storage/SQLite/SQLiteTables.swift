import GRDB

/// The rows of a registry's file.
struct SQLiteTables: StoredTables {
    let database: Database

    func tables() throws -> [StoredTable] {
        let names = try database.all(
            """
            SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite!_%' ESCAPE '!'
                AND name <> 'grdb_migrations' ORDER BY name
            """
        ) { try $0.text(0) }
        return try names.map { name in
            StoredTable(
                name: name,
                columns: try database.all("SELECT name FROM pragma_table_info(?) ORDER BY cid", .text(name)) {
                    try $0.text(0)
                })
        }
    }

    func visitRows(of table: StoredTable, _ visit: ([ColumnValue?]) throws -> Void) throws {
        let columns = table.columns.map { "\"\($0)\"" }.joined(separator: ", ")
        try database.visit("SELECT \(columns) FROM \"\(table.name)\"") { row in
            try visit(table.columns.indices.map { try Self.value(row, $0) })
            return true
        }
    }

    func newestAuditNumber() throws -> UInt64 {
        try database.first("SELECT seq FROM sqlite_sequence WHERE name = 'audit'") { try $0.unsigned(0) } ?? 0
    }

    private static func value(_ row: DirectRow, _ column: Int) throws(StorageError) -> ColumnValue? {
        if row.isNull(column) { return nil }
        if let number = row.integer(column) { return .integer(number) }
        if let text = row.string(column) { return .text(text) }
        guard let bytes = row.bytes(column) else { throw .corruptRow("\(row.name(column)) is a fraction") }
        return .bytes(bytes)
    }
}

extension RegistryDatabase {
    /// Reads the rows at one moment, without the rules about them.
    ///
    /// - Throws: the error of `body`, or `registry_corrupt`.
    package func withTables<Value>(_ body: (any StoredTables) throws -> Value) throws(StorageError) -> Value {
        try read { snapshot in
            // Only this store's own reads reach this.
            guard let transaction = snapshot as? SQLiteTransaction else {
                throw StorageError.corruptRow("the tables")
            }
            return try body(SQLiteTables(database: transaction.database))
        }
    }
}
