import GRDB
import Testing

@testable import Storage

extension RegistrySnapshot {
    /// The SQLite connection behind a transaction, for tests of what lies in the file.
    var sqlite: Database {
        get throws { try #require(self as? SQLiteTransaction).database }
    }
}
