import Foundation
import GRDB
import Glibc

/// The SQLite file that holds subjects, codes, status and the audit trail, in WAL mode and synced at every commit.
package final class RegistryDatabase: RegistryStore {
    /// Groups concurrent writes into one commit.
    private let writer: GroupCommit
    private let pool: DatabasePool

    /// Identifiers are random, so that each insert has a page of its own: the writer keeps a few commits' pages.
    private static let writerCacheKilobytes = 16 << 10
    /// Pages of the write-ahead log before they are carried over: later writes to a page make earlier ones needless.
    private static let logPageCount = 4096

    /// Makes a new registry with the newest schema.
    ///
    /// - Parameters:
    ///   - path: where the file goes; nothing may be there yet.
    ///   - keys: the trust list that it begins with.
    ///   - installation: whose it is; nil makes one that counts no commits, as versions before did.
    ///   - isLogPublished: the caller publishes the log's first checkpoint, so that a missing one is never taken for a
    ///     log that is new.
    /// - Throws: `registry_exists`, `registry_unwritable`.
    package static func create(
        at path: String, trusting keys: [IssuerKeyRecord], installation: [UInt8]? = nil, isLogPublished: Bool = false
    ) throws(StorageError) {
        // Made here and not by SQLite, which would let others read it; its journals take the same mode.
        let descriptor = unsafe open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else {
            guard errno == EEXIST else { throw .unwritable("\(path) cannot be made") }
            throw StorageError(
                code: .registryExists, reason: "\(path) is there already", hint: "name a state directory that is new")
        }
        Glibc.close(descriptor)
        let database = try RegistryDatabase(opening: path, upgrade: nil)
        do {
            try database.changeAtOpening { transaction in
                if let installation { try transaction.beginPosition(of: installation) }
                for key in keys { try transaction.putIssuerKey(key) }
                if isLogPublished { try TraceLogStore.recordPublication(transaction) }
            }
        } catch {
            throw .unwritable("\(path) takes no rows")
        }
    }

    /// Opens a registry that `create` made; it never makes one.
    ///
    /// - Parameters:
    ///   - path: the file's path.
    ///   - cipher: of this registry's keys; what an earlier version left open is sealed with it.
    /// - Throws: `registry_missing`, `registry_corrupt`, `schema_newer`, `upgrade_failed`, `registry_unwritable`.
    package convenience init(path: String, cipher: FieldCipher) throws(StorageError) {
        _ = try RegistryDatabase(readingOnly: path)
        try self.init(opening: path, upgrade: RegistryUpgrade(path: path, cipher: cipher))
    }

    /// Opens a registry as ``init(path:cipher:)`` does, if what it holds passes a check.
    ///
    /// - Parameters:
    ///   - path: the file's path.
    ///   - cipher: of this registry's keys.
    ///   - observer: is told of each step of an upgrade; tests look at the files then.
    ///   - check: looks at the registry as it is, before anything of it is changed; what it throws keeps it closed.
    /// - Returns: the registry, and what the check gave.
    /// - Throws: as ``init(path:cipher:)``, or what `check` throws.
    package static func opening<Checked>(
        path: String, cipher: FieldCipher, observer: @escaping UpgradeObserver = { _ in },
        check: (RegistryDatabase) throws -> Checked
    ) throws -> (RegistryDatabase, Checked) {
        let checked = try check(RegistryDatabase(readingOnly: path))
        let upgrade = RegistryUpgrade(path: path, cipher: cipher, observer: observer)
        return (try RegistryDatabase(opening: path, upgrade: upgrade), checked)
    }

    /// Opens a registry to read it alone; not a byte of its file is changed.
    ///
    /// An empty file, another program's, or one that lost a table is refused: given our tables, it would hand out
    /// status indices from the first on again.
    ///
    /// - Parameter path: the file's path.
    /// - Throws: as ``init(path:cipher:)``, `registry_corrupt` for what is not whole.
    package init(readingOnly path: String) throws(StorageError) {
        var status = stat()
        guard unsafe stat(path, &status) == 0 else {
            throw StorageError(
                code: .registryMissing, reason: "there is no registry at \(path)",
                hint: "make one with `suishen init --state DIR`")
        }
        // SQLite would take an empty file for a new database, and delete the write-ahead log beside it.
        guard status.st_size > 0 else { throw Self.corrupt(path) }
        pool = try Self.mapped(path) {
            var configuration = Self.configuration
            configuration.readonly = true
            let pool = try DatabasePool(path: path, configuration: configuration)
            try pool.read { database in
                guard try String.fetchOne(database, sql: "PRAGMA quick_check(1)") == "ok" else {
                    throw Self.corrupt(path)
                }
                guard try !RegistrySchema.migrator(nil).hasBeenSuperseded(database) else { throw Self.newer(path) }
                guard try RegistrySchema.isWhole(database) else { throw Self.corrupt(path) }
            }
            return pool
        }
        writer = GroupCommit(SQLiteConnection(pool: pool), position: nil)
    }

    private static var configuration: Configuration {
        var configuration = Configuration()
        configuration.busyMode = .timeout(5)
        configuration.maximumReaderCount = 2
        // What is sorted or undone holds openings, and no erasure reaches a temporary file.
        configuration.prepareDatabase { try $0.execute(sql: "PRAGMA temp_store = MEMORY") }
        return configuration
    }

    /// Opens a registry, which is upgraded first, or a new file, which has no version that could be upgraded.
    private init(opening path: String, upgrade: RegistryUpgrade?) throws(StorageError) {
        let (pool, position) = try Self.mapped(path) {
            try upgrade?.run(Self.configuration)
            let pool = try DatabasePool(path: path, configuration: Self.configuration)
            // DatabasePool lowers this while it opens, so it is set, and read back, afterwards.
            let level = try pool.writeWithoutTransaction { database -> Int? in
                try database.execute(sql: "PRAGMA synchronous = FULL")
                try database.execute(sql: "PRAGMA secure_delete = ON")
                try database.execute(sql: "PRAGMA cache_size = -\(Self.writerCacheKilobytes)")
                try database.execute(sql: "PRAGMA wal_autocheckpoint = \(Self.logPageCount)")
                return try Int.fetchOne(database, sql: "PRAGMA synchronous")
            }
            guard level == 2 else { throw StorageError.unwritable("synchronous is \(level ?? -1), not FULL") }
            if upgrade == nil { try RegistrySchema.migrator(nil).migrate(pool) }
            // Finishes an erasure that a crash parted from its purge; a backup that reads just now is waited for later.
            _ = try? pool.writeWithoutTransaction { try $0.checkpoint(.truncate) }
            return (pool, try pool.read(RegistryPosition.read))
        }
        self.pool = pool
        writer = GroupCommit(SQLiteConnection(pool: pool), position: position)
    }

    private static func mapped<Value>(_ path: String, _ body: () throws -> Value) throws(StorageError) -> Value {
        do {
            return try body()
        } catch let error as StorageError {
            throw error
        } catch let error as DatabaseError {
            let isCorrupt = [.SQLITE_CORRUPT, .SQLITE_NOTADB].contains(error.resultCode)
            throw isCorrupt ? corrupt(path) : .unwritable(error.message ?? "\(error.resultCode)")
        } catch {
            throw .unwritable("\(path) does not open")
        }
    }

    package func submit<Value: Sendable>(
        isLine: Bool, _ body: @escaping @Sendable (any StoreTransaction) throws -> Value
    ) -> SubmittedWrite<Value> {
        writer.submit(isLine: isLine) { transaction in
            do {
                return try body(transaction)
            } catch let error as DatabaseError {
                throw StorageError(sqlite: error)
            }
        }
    }

    package func read<Value>(_ body: (any StoreSnapshot) throws -> Value) throws(StorageError) -> Value {
        do {
            return try pool.read { try body(SQLiteTransaction(database: $0)) }
        } catch let error as StorageError {
            throw error
        } catch {
            throw StorageError(
                code: .registryCorrupt, reason: "the registry cannot be read",
                hint: "check the file with `sqlite3 registry.sqlite 'PRAGMA integrity_check'`")
        }
    }

    package func changeAtOpening(_ body: (any StoreTransaction) throws -> Void) throws(StorageError) {
        do {
            let position = try pool.write { database in
                let changeCount = database.totalChangesCount
                try body(SQLiteTransaction(database: database))
                return try database.totalChangesCount == changeCount ? nil : RegistryPosition.advance(database)
            }
            if let position { writer.keep(position) }
        } catch {
            throw StorageError(sqlite: error)
        }
    }

    package var committedPosition: RegistryPosition? { writer.position }

    package func onUnknownOutcome(_ handler: @escaping @Sendable (StorageError) -> Void) {
        writer.onUnknownOutcome(handler)
    }

    package func close() throws(StorageError) {
        writer.close()
        do {
            try pool.close()
        } catch {
            throw .unwritable("\(error)")
        }
    }

    /// Empties the write-ahead log, so that bytes that were overwritten in the file are gone from there too.
    package func purge() throws(StorageError) {
        do {
            _ = try pool.writeWithoutTransaction { try $0.checkpoint(.truncate) }
        } catch {
            throw .unwritable("old pages could not be removed")
        }
    }

    private static func newer(_ path: String) -> StorageError {
        StorageError(
            code: .schemaNewer, reason: "\(path) has tables of a later version than this one",
            hint: "open it with the version that it was last opened with")
    }

    private static func corrupt(_ path: String) -> StorageError {
        StorageError(
            code: .registryCorrupt, reason: "\(path) is damaged or is no registry",
            hint: "\(StorageError.restoring); `sqlite3 FILE 'PRAGMA integrity_check'` says more")
    }
}
