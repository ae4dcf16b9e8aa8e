import Storage

/// The rows of a registry in an open transaction.
struct PostgreSQLRows: StoredTables {
    let session: PostgreSQLSession

    /// The tables that SQLite has too, with their names and columns spelled as in SQLite.
    func tables() throws -> [StoredTable] {
        let spelled = PostgreSQLTables.spellings
        let sql = """
            SELECT relname, attname FROM pg_attribute JOIN pg_class ON pg_class.oid = attrelid
            WHERE relnamespace = current_schema()::regnamespace AND relkind = 'r' AND attnum > 0
                AND NOT attisdropped ORDER BY relname, attnum
            """
        var columns: [String: [String]] = [:]
        try session.visit(sql, []) { row in
            let (table, column) = (try row.text(0), try row.text(1))
            guard let name = spelled[table], !PostgreSQLTables.own.contains(name) else { return true }
            columns[name, default: []].append(spelled[column] ?? column)
            return true
        }
        return columns.sorted { $0.key < $1.key }.map { StoredTable(name: $0.key, columns: $0.value) }
    }

    func visitRows(of table: StoredTable, _ visit: ([ColumnValue?]) throws -> Void) throws {
        let cursor = Self.quoted("rows of \(table.name)")
        let rows = "SELECT \(Self.columns(table)) FROM \(Self.name(table))"
        try session.runNow("DECLARE \(cursor) NO SCROLL CURSOR FOR \(rows)")
        var count = 0
        repeat {
            count = 0
            try session.visit("FETCH 1000 FROM \(cursor)", []) { row in
                count += 1
                try visit(table.columns.indices.map { row.value($0) })
                return true
            }
        } while count > 0
        try session.runNow("CLOSE \(cursor)")
    }

    func newestAuditNumber() throws -> UInt64 {
        try session.first(
            "SELECT greatest((SELECT max(number) FROM audit), (SELECT max(number) FROM auditFloor), 0)", []
        ) { try $0.unsigned(0) } ?? 0
    }

    /// Adds every row of a table in another store, past the triggers for changes in service.
    ///
    /// - Returns: the number of the rows, and their digest.
    /// - Throws: `registry_unwritable`, `storage_unavailable`, or the error of the other store.
    func add(_ table: StoredTable, from source: any StoredTables, progress: () -> Void) throws -> TableDigest {
        let marks = table.columns.map { _ in "?" }.joined(separator: ", ")
        let insertion = "INSERT INTO \(Self.name(table)) (\(Self.columns(table))) VALUES (\(marks))"
        var digest = TableDigest()
        try session.runNow("ALTER TABLE \(Self.name(table)) DISABLE TRIGGER USER")
        try source.visitRows(of: table) { row in
            try session.run(insertion, row)
            digest.add(row)
            progress()
        }
        try session.runNow("ALTER TABLE \(Self.name(table)) ENABLE TRIGGER USER")
        return digest
    }

    private static func name(_ table: StoredTable) -> String { quoted(table.name.lowercased()) }

    private static func columns(_ table: StoredTable) -> String {
        table.columns.map { quoted($0.lowercased()) }.joined(separator: ", ")
    }

    /// Some names are words of SQL.
    private static func quoted(_ name: String) -> String { "\"\(name.replacing("\"", with: "\"\""))\"" }
}

extension PostgreSQLTables {
    /// The tables that SQLite does not have.
    static let own: Set = ["schemaVersion", "writerTurn", "writeBatch", "auditFloor"]

    /// The names of tables and columns as SQLite's schema spells them, by their spelling in the catalogue.
    static var spellings: [String: String] {
        let words = statements.filter { $0.hasPrefix("CREATE TABLE") }.flatMap { statement in
            statement.split { !($0.isLetter || $0.isNumber || $0 == "_") }.map(String.init)
        }
        // The words of SQL itself stand in capitals, or are types.
        return Dictionary(words.map { ($0.lowercased(), $0) }) { first, second in
            first.allSatisfy(\.isUppercase) ? second : first
        }
    }
}
