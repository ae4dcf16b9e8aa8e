import GRDB
import Glibc
import Platform

/// A step of an upgrade, after which a test may inspect the files as a crash would leave them.
package enum UpgradeStep: String, Sendable, CaseIterable {
    case copyBegun = "copy_begun"
    case copied
    case migrated
    case committed
    case copyRemoved = "copy_removed"
}

/// The action at a step of an upgrade: nothing in service.
package typealias UpgradeObserver = @Sendable (UpgradeStep) -> Void

/// Upgrades a registry of an earlier version to this version's schema, as a whole or not at all.
///
/// The caller holds the installation's lock. A copy stays beside the registry until the registry has passed its
/// checks. Then the copy is removed, because a field that is erased later must not survive in it.
struct RegistryUpgrade {
    /// The suffix of the copy's name, after the registry's name.
    static let copySuffix = ".before-upgrade"
    private static let unfinishedSuffix = ".tmp"

    let path: String
    let cipher: FieldCipher?
    var observer: UpgradeObserver = { _ in }

    private var copy: String { path + Self.copySuffix }
    private var unfinishedCopy: String { copy + Self.unfinishedSuffix }

    /// Upgrades the registry, or removes the copy that a crash left after a finished upgrade.
    ///
    /// - Parameter configuration: the configuration of one single connection; a pool would write to the file at once.
    /// - Throws: `upgrade_failed`, which names the copy; `disk_full` or `registry_unwritable` when no copy can be made.
    ///   The registry is unchanged then.
    func run(_ configuration: Configuration) throws(StorageError) {
        let registry: DatabaseQueue
        let steps: [RegistrySchema.Step]
        do {
            registry = try DatabaseQueue(path: path, configuration: configuration)
            steps = try registry.read { try RegistrySchema.pendingSteps($0, cipher) }
        } catch {
            throw StorageError(sqlite: error)
        }
        try removeCopies()
        guard !steps.isEmpty else { return }
        try makeCopy(of: registry)
        observer(.copied)
        do {
            try registry.writeWithoutTransaction { database in
                try database.execute(sql: "PRAGMA synchronous = FULL")
                try database.execute(sql: "PRAGMA secure_delete = ON")
                try database.inTransaction(.immediate) {
                    try migrate(database, by: steps)
                    observer(.migrated)
                    return .commit
                }
            }
            observer(.committed)
            try registry.read { try check($0) }
            // Fields that the steps sealed or overwrote must be gone from the write-ahead log too.
            _ = try? registry.writeWithoutTransaction { try $0.checkpoint(.truncate) }
        } catch {
            throw failed(StorageError(sqlite: error).reason)
        }
        try removeCopies()
        observer(.copyRemoved)
    }

    private func migrate(_ database: Database, by steps: [RegistrySchema.Step]) throws {
        let before = try rowCounts(database)
        for step in steps {
            try step.run(database)
            try database.execute(
                sql: "INSERT INTO grdb_migrations (identifier) VALUES (?)", arguments: [step.identifier])
        }
        let after = try rowCounts(database)
        for (table, count) in before where after[table, default: 0] < count {
            throw StorageError.unwritable("the upgrade would leave \(after[table] ?? 0) of \(count) rows of \(table)")
        }
        try check(database)
    }

    private func check(_ database: Database) throws {
        guard try String.fetchOne(database, sql: "PRAGMA quick_check(1)") == "ok", try RegistrySchema.isWhole(database)
        else { throw StorageError.unwritable("the upgraded registry is not complete") }
    }

    /// The row count of every table except the list of migrations.
    private func rowCounts(_ database: Database) throws -> [String: Int] {
        let tables = try String.fetchAll(
            database,
            sql: """
                SELECT name FROM sqlite_master
                WHERE type = 'table' AND name <> 'grdb_migrations' AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\'
                """)
        var counts: [String: Int] = [:]
        for table in tables {
            counts[table] = try Int.fetchOne(database, sql: "SELECT count(*) FROM \(table.quotedDatabaseIdentifier)")
        }
        return counts
    }

    /// Copies the registry without deleted content.
    private func makeCopy(of registry: DatabaseQueue) throws(StorageError) {
        // SQLite would let others read a file that it makes.
        let descriptor = unsafe open(unfinishedCopy, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0o600)
        guard descriptor >= 0 else { throw .unwritable("\(copy) cannot be made") }
        defer { close(descriptor) }
        observer(.copyBegun)
        do {
            try registry.writeWithoutTransaction { database in
                try database.execute(sql: "VACUUM INTO ?", arguments: [unfinishedCopy])
            }
        } catch {
            unsafe unlink(unfinishedCopy)
            throw StorageError(sqlite: error)
        }
        guard fsync(descriptor) == 0, unsafe rename(unfinishedCopy, copy) == 0, syncFolder() else {
            throw .unwritable("\(copy) cannot be written")
        }
    }

    private func removeCopies() throws(StorageError) {
        var isRemoved = false
        for name in [copy, unfinishedCopy, unfinishedCopy + "-journal"] {
            guard unsafe unlink(name) != 0 else {
                isRemoved = true
                continue
            }
            guard errno == ENOENT else { throw .unwritable("\(name) cannot be removed") }
        }
        guard !isRemoved || syncFolder() else { throw .unwritable("the removal of \(copy) cannot be synced") }
    }

    private func syncFolder() -> Bool {
        let parent = path.split(separator: "/", omittingEmptySubsequences: false).dropLast().joined(separator: "/")
        let folder = parent.isEmpty ? (path.hasPrefix("/") ? "/" : ".") : parent
        return Folder.sync(folder)
    }

    private func failed(_ reason: String) -> StorageError {
        StorageError(
            code: .upgradeFailed,
            reason: "the registry of an earlier version was not upgraded and is unchanged: \(reason); "
                + "a copy of it is \(copy)",
            hint: "use the earlier version, keep the copy as safe as the registry, and report this")
    }
}
