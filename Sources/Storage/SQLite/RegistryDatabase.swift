import Foundation
import GRDB
import Glibc

/// The SQLite file that holds subjects, codes, status and the audit trail, in WAL mode and synced at every commit.
package final class RegistryDatabase: RegistryStore {
    /// Groups concurrent writes into one commit.
    private let writer: GroupCommit
    private let pool: DatabasePool

    /// The writer's cache, for the pages of a few commits: identifiers are random, so each insert changes another page.
    private static let writerCacheKilobytes = 16 << 10
    /// The pages in the write-ahead log before a checkpoint; it then copies only the newest version of each page.
    private static let logPageCount = 4096

    /// Makes a new registry with the newest schema.
    ///
    /// - Parameters:
    ///   - path: the new file's path, which must not exist yet.
    ///   - keys: the first keys of the trust list.
    ///   - epochKeys: the first epoch keys.
    ///   - installation: the installation's identifier; nil makes a registry without a count of commits, as earlier
    ///     versions did.
    ///   - isLogPublished: whether the caller publishes each log's first checkpoint; a later start then never takes a
    ///     missing checkpoint for a new log.
    /// - Throws: `registry_exists`, `registry_unwritable`.
    package static func create(
        at path: String, trusting keys: [IssuerKeyRecord], epochKeys: [FieldEpochKey] = [],
        installation: [UInt8]? = nil,
        isLogPublished: Bool = false
    ) throws(StorageError) {
        // SQLite would let others read a file that it makes; its journals take the mode of this file.
        let descriptor = unsafe open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else {
            guard errno == EEXIST else { throw .unwritable("\(path) cannot be made") }
            throw StorageError(
                code: .registryExists, reason: "\(path) exists already", hint: "name a new state directory")
        }
        Glibc.close(descriptor)
        let database = try RegistryDatabase(opening: path, upgrade: nil)
        do {
            try database.changeAtOpening { transaction in
                if let installation { try transaction.beginPosition(of: installation) }
                for key in keys { try transaction.putIssuerKey(key) }
                try Registry.noteEpochKeys(epochKeys, in: transaction)
                guard isLogPublished else { return }
                for log in LogName.allCases { try TraceLogStore.recordPublication(of: log, transaction) }
            }
        } catch {
            throw .unwritable("the first rows of \(path) could not be written")
        }
    }

    /// Opens a registry that `create` made; it never makes a new file.
    ///
    /// - Parameters:
    ///   - path: the file's path.
    ///   - cipher: has this registry's keys; it seals the fields that an earlier version left unsealed.
    /// - Throws: `registry_missing`, `registry_corrupt`, `schema_newer`, `upgrade_failed`, `registry_unwritable`.
    package convenience init(path: String, cipher: FieldCipher) throws(StorageError) {
        _ = try RegistryDatabase(readingOnly: path)
        try self.init(opening: path, upgrade: RegistryUpgrade(path: path, cipher: cipher))
    }

    /// Opens a registry as ``init(path:cipher:)`` does, if it passes a check.
    ///
    /// - Parameters:
    ///   - path: the file's path.
    ///   - cipher: has this registry's keys.
    ///   - observer: is called at each step of an upgrade, for tests that inspect the files.
    ///   - check: inspects the registry before anything is changed; an error from it keeps the registry closed.
    /// - Returns: the registry, and the result of the check.
    /// - Throws: the errors of ``init(path:cipher:)``, or the error of `check`.
    package static func opening<Checked>(
        path: String, cipher: FieldCipher, observer: @escaping UpgradeObserver = { _ in },
        check: (RegistryDatabase) throws -> Checked
    ) throws -> (RegistryDatabase, Checked) {
        let checked = try check(RegistryDatabase(readingOnly: path))
        let upgrade = RegistryUpgrade(path: path, cipher: cipher, observer: observer)
        return (try RegistryDatabase(opening: path, upgrade: upgrade), checked)
    }

    /// Opens a registry if it passes a check, which also finds the keys that the opening needs.
    ///
    /// - Parameters:
    ///   - path: the file's path.
    ///   - check: inspects the registry before anything is changed, and makes the cipher.
    /// - Returns: the registry, and the result of the check.
    /// - Throws: the errors of ``init(path:cipher:)``, or the error of `check`.
    package static func opening<Checked>(
        path: String, check: (RegistryDatabase) throws -> (FieldCipher, Checked)
    ) throws -> (RegistryDatabase, Checked) {
        let (cipher, checked) = try check(RegistryDatabase(readingOnly: path))
        return (try RegistryDatabase(opening: path, upgrade: RegistryUpgrade(path: path, cipher: cipher)), checked)
    }

    /// Opens a registry for reading alone, without changing its file.
    ///
    /// It refuses an empty file, another program's file, and a file with a missing table. With new tables, such a
    /// registry would hand out status indices from the first on again.
    ///
    /// - Parameter path: the file's path.
    /// - Throws: the errors of ``init(path:cipher:)``; `registry_corrupt` for a file that is not a complete registry.
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
        // Data for sorting and rollbacks may contain openings, and no erasure reaches a temporary file.
        configuration.prepareDatabase { try $0.execute(sql: "PRAGMA temp_store = MEMORY") }
        return configuration
    }

    /// Opens a registry after its upgrade, or a new file, which needs no upgrade.
    private init(opening path: String, upgrade: RegistryUpgrade?) throws(StorageError) {
        let (pool, position) = try Self.mapped(path) {
            try upgrade?.run(Self.configuration)
            let pool = try DatabasePool(path: path, configuration: Self.configuration)
            // DatabasePool lowers `synchronous` while it opens, so it is set and read back afterwards.
            let level = try pool.writeWithoutTransaction { database -> Int? in
                try database.execute(sql: "PRAGMA synchronous = FULL")
                try database.execute(sql: "PRAGMA secure_delete = ON")
                try database.execute(sql: "PRAGMA cache_size = -\(Self.writerCacheKilobytes)")
                try database.execute(sql: "PRAGMA wal_autocheckpoint = \(Self.logPageCount)")
                return try Int.fetchOne(database, sql: "PRAGMA synchronous")
            }
            guard level == 2 else { throw StorageError.unwritable("synchronous is \(level ?? -1), not FULL") }
            if upgrade == nil { try RegistrySchema.migrator(nil).migrate(pool) }
            // This purges an erasure that a crash interrupted. If a backup is reading now, a later purge does it.
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
            throw .unwritable("\(path) cannot be opened")
        }
    }

    package func submit<Value: Sendable>(
        isLine: Bool, reads: @autoclosure () -> ForeseenReads,
        _ body: @escaping @Sendable (any StoreTransaction) throws -> Value
    ) -> SubmittedWrite<Value> {
        writer.submit(isLine: isLine, reads: ForeseenReads()) { transaction in
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
                guard database.totalChangesCount != changeCount else { return RegistryPosition?.none }
                return try RegistryPosition.advance(database)?.position
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

    /// Empties the write-ahead log, so that bytes overwritten in the file are gone from this log too.
    package func purge() throws(StorageError) {
        do {
            _ = try pool.writeWithoutTransaction { try $0.checkpoint(.truncate) }
        } catch {
            throw .unwritable("old pages could not be removed")
        }
    }

    private static func newer(_ path: String) -> StorageError {
        StorageError(
            code: .schemaNewer, reason: "\(path) was written by a later version",
            hint: "use the version that opened it last")
    }

    private static func corrupt(_ path: String) -> StorageError {
        StorageError(
            code: .registryCorrupt, reason: "\(path) is damaged or is not a registry",
            hint: "\(StorageError.restoring); `sqlite3 FILE 'PRAGMA integrity_check'` says more")
    }
}
