import GRDB
import Glibc

/// A transaction's view of the SQLite file, with one of its logs.
struct SQLiteTransaction: StatementTransaction {
    let database: Database
    var log = LogName.trace

    func raiseAuditNumber(to number: UInt64) throws {
        try database.run(
            "INSERT INTO sqlite_sequence SELECT 'audit', 0 WHERE NOT EXISTS (SELECT 1 FROM sqlite_sequence "
                + "WHERE name = 'audit')")
        try database.run(
            "UPDATE sqlite_sequence SET seq = max(seq, ?) WHERE name = 'audit'", .integer(number))
    }
}

extension SQLiteTransaction {
    func storedByteCount() throws -> UInt64 {
        let file = try database.first(
            "SELECT page_count * page_size FROM pragma_page_count(), pragma_page_size()"
        ) { try $0.unsigned(0) }
        let path = try database.first("SELECT file FROM pragma_database_list WHERE name = 'main'") { try $0.text(0) }
        var log = stat()
        guard let path, unsafe stat(path + "-wal", &log) == 0 else { return file ?? 0 }
        return (file ?? 0) + UInt64(log.st_size)
    }
}

/// The one connection that writes the SQLite file.
struct SQLiteConnection: WriteConnection {
    let pool: DatabasePool

    func withSession<Value>(_ body: (any WriteSession) -> Value) -> Value {
        pool.writeWithoutTransaction { body(SQLiteSession(database: $0)) }
    }
}

struct SQLiteSession: WriteSession {
    let database: Database

    var transaction: any StoreTransaction { SQLiteTransaction(database: database) }
    var changeCount: Int { database.totalChangesCount }
    var isInTransaction: Bool { database.isInsideTransaction }

    func begin() throws(StorageError) {
        try mapped { try database.beginTransaction(.immediate) }
    }

    func rollback() throws(StorageError) {
        do {
            try database.rollback()
        } catch {
            throw .commitUnknown(error)
        }
    }

    func nested(_ body: () throws(StorageError) -> Bool) throws(StorageError) {
        try mapped {
            try database.run("SAVEPOINT job")
            if try !body() { try database.run("ROLLBACK TO SAVEPOINT job") }
            try database.run("RELEASE SAVEPOINT job")
        }
    }

    func advancePosition() throws(StorageError) -> RegistryPosition? {
        try mapped { try RegistryPosition.advance(database)?.position }
    }

    func commit() throws(StorageError) -> Bool {
        do {
            try database.commit()
            return true
        } catch let error as DatabaseError where error.resultCode == .SQLITE_FULL {
            throw .diskFull
        } catch {
            throw .commitUnknown(error)
        }
    }

    private func mapped<Value>(_ body: () throws -> Value) throws(StorageError) -> Value {
        do {
            return try body()
        } catch {
            throw StorageError(sqlite: error)
        }
    }
}

extension StorageError {
    /// The error for a commit with an unknown outcome, with SQLite's message.
    static func commitUnknown(_ error: any Error) -> StorageError {
        commitUnknown((error as? DatabaseError).map { $0.message ?? "\($0.resultCode)" } ?? "it was interrupted")
    }

    /// Converts SQLite's error with its message, which contains no row's content.
    init(sqlite error: any Error) {
        switch error {
        case let error as StorageError: self = error
        case let error as DatabaseError where error.resultCode == .SQLITE_FULL: self = .diskFull
        case let error as DatabaseError: self = .unwritable(error.message ?? "\(error.resultCode)")
        default: self = .unwritable("the commit failed")
        }
    }
}
