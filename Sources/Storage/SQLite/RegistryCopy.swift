import GRDB
import Glibc

/// A consistent copy of a registry's file, which another process may be writing.
package enum RegistryCopy {
    /// Copies a registry through SQLite's backup interface, and marks the copy as one that must be recovered.
    ///
    /// The copy is made in one step, which reads one moment of the registry while writers go on. Smaller steps would
    /// begin again after each write of another process, and never end under load.
    ///
    /// - Parameters:
    ///   - path: the registry.
    ///   - copy: the copy's path, an empty file of mode 0600.
    /// - Returns: how far the copied registry is.
    /// - Throws: `registry_missing`, `registry_corrupt`, `disk_full`, `registry_unwritable`.
    package static func make(of path: String, to copy: String) throws(StorageError) -> RegistryExtent {
        guard unsafe access(path, R_OK) == 0 else {
            throw StorageError(
                code: .registryMissing, reason: "there is no registry at \(path)",
                hint: "make one with `suishen init --state DIR`")
        }
        do {
            var configuration = Configuration()
            configuration.readonly = true
            configuration.busyMode = .timeout(5)
            let source = try DatabaseQueue(path: path, configuration: configuration)
            let target = try DatabaseQueue(path: copy)
            try source.backup(to: target)
            try source.close()
            let extent = try target.writeWithoutTransaction { database in
                // One file without a write-ahead log, whose pages are all synced at its end.
                try database.execute(sql: "PRAGMA journal_mode = DELETE")
                try database.execute(sql: "PRAGMA synchronous = FULL")
                guard try database.tableExists("recovery_needed") else {
                    throw StorageError.unwritable("an earlier version wrote it; start this version of suishend once")
                }
                let transaction = SQLiteTransaction(database: database)
                try database.inTransaction {
                    try transaction.setRecoveryNeeded(true)
                    return .commit
                }
                return try RegistryExtent(of: transaction)
            }
            try target.close()
            return extent
        } catch {
            throw StorageError(sqlite: error)
        }
    }
}
