package import Storage

/// What `suishen registry migrate` needs: the tables as they are, without the rules about their rows.
extension PostgreSQLStore {
    /// The tables that SQLite has too, with their columns, spelled as in SQLite.
    ///
    /// - Throws: `storage_unavailable`.
    package func tables() throws(StorageError) -> [(name: String, columns: [String])] {
        let spelled = PostgreSQLTables.spellings
        return try withTransaction { database in
            var tables: [(name: String, columns: [String])] = []
            let sql = """
                SELECT relname, attname FROM pg_attribute JOIN pg_class ON pg_class.oid = attrelid
                WHERE relnamespace = current_schema()::regnamespace AND relkind IN ('r', 'p')
                    AND NOT relispartition AND attnum > 0
                    AND NOT attisdropped ORDER BY relname, attnum
                """
            try database.visit(sql, []) { row in
                let (table, column) = (try row.text(0), try row.text(1))
                guard let table = spelled[table], !PostgreSQLTables.own.contains(table),
                    !PostgreSQLTables.ownColumns.contains(column)
                else { return true }
                if tables.last?.name != table { tables.append((table, [])) }
                tables[tables.count - 1].columns.append(spelled[column] ?? column)
                return true
            }
            return tables
        }
    }

    /// Adds rows in one commit, past the rules that apply to changes in service, such as the numbers of audit lines.
    ///
    /// - Parameters:
    ///   - table: a name of ``tables()``.
    ///   - columns: the columns of each row's values.
    ///   - rows: a value for each column; nil for NULL.
    /// - Throws: `registry_unwritable` for a row that is there already; `storage_unavailable`, also where it is not known
    ///   whether the rows were kept.
    package func copyIn(table: String, columns: [String], rows: [[ColumnValue?]]) throws(StorageError) {
        let marks = columns.map { _ in "?" }.joined(separator: ", ")
        let names = columns.map(Self.quoted).joined(separator: ", ")
        try PostgreSQLSchema.change(at: address) { session in
            try session.runNow("ALTER TABLE \(Self.quoted(table)) DISABLE TRIGGER USER")
            for row in rows {
                try session.run("INSERT INTO \(Self.quoted(table)) (\(names)) VALUES (\(marks))", row)
            }
            try session.runNow("ALTER TABLE \(Self.quoted(table)) ENABLE TRIGGER USER")
        }
    }

    /// Visits every row of a table in the order of its columns, as they stand at one moment.
    ///
    /// - Parameters:
    ///   - table: a name of ``tables()``.
    ///   - columns: the columns to read; the rows come in the order of their values.
    ///   - visit: gets a value for each column; nil for NULL.
    /// - Throws: the error of `visit`, `storage_unavailable`.
    package func visitRows(
        of table: String, columns: [String], _ visit: ([ColumnValue?]) throws -> Void
    ) throws(StorageError) {
        let names = columns.map(Self.quoted).joined(separator: ", ")
        // SQLite puts NULL first too.
        let order = columns.map { Self.quoted($0) + " NULLS FIRST" }.joined(separator: ", ")
        try withTransaction { database in
            try database.runNow(
                "DECLARE copied NO SCROLL CURSOR FOR SELECT \(names) FROM \(Self.quoted(table)) ORDER BY \(order)")
            var count = 0
            repeat {
                count = 0
                try database.visit("FETCH 1000 FROM copied", []) { row in
                    count += 1
                    try visit(columns.indices.map { row.value($0) })
                    return true
                }
            } while count > 0
        }
    }

    /// The name as the catalogue has it; some names are words of SQL.
    private static func quoted(_ name: String) -> String {
        "\"\(name.lowercased().replacing("\"", with: "\"\""))\""
    }
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
