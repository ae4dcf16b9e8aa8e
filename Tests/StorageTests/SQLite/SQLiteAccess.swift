import GRDB
import Testing

@testable import Storage

extension RegistrySnapshot {
    /// The SQLite connection behind a transaction, for tests of what lies in the file.
    var sqlite: Database {
        get throws { try #require(self as? SQLiteTransaction).database }
    }
}

extension RegistryDatabase {
    /// The tables of the registry with their columns in order.
    func tablesOfSQLite() throws -> [String] {
        try read { snapshot in
            let database = try snapshot.sqlite
            let names = try String.fetchAll(
                database,
                sql: """
                    SELECT name FROM sqlite_master WHERE type = 'table'
                        AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\' AND name NOT LIKE 'grdb\\_%' ESCAPE '\\'
                    """)
            return try names.map { "\($0): \(try database.columns(in: $0).map(\.name))" }
        }
    }
}
