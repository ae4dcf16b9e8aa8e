package import Storage

/// The registry in a PostgreSQL database, which a cluster of servers keeps.
///
/// A lost connection, a failover and a server that only reads are pauses: reads and writes get `storage_unavailable`
/// meanwhile, and the next ones look for a server again.
package final class PostgreSQLStore: RegistryStore {
    /// A recovery reads and hashes published files between its statements.
    private static let openingIdleMilliseconds = 60_000

    let address: PostgreSQLAddress
    private let connection: PostgreSQLWriter
    /// Groups concurrent writes into one commit.
    private let writer: GroupCommit
    private let readers: PostgreSQLReaders
    private let ownLease: PostgreSQLLease

    /// Makes the tables of a new registry.
    ///
    /// - Parameters:
    ///   - address: a database in which the first schema of the search path has no registry yet.
    ///   - keys: the first keys of the trust list.
    ///   - epochKeys: the first epoch keys.
    ///   - installation: the installation's identifier.
    ///   - isLogPublished: as for `RegistryDatabase.create`.
    /// - Throws: `registry_exists`, `registry_unwritable`, `storage_unavailable`.
    package static func create(
        at address: PostgreSQLAddress, trusting keys: [IssuerKeyRecord], epochKeys: [FieldEpochKey] = [],
        installation: [UInt8]? = nil, isLogPublished: Bool = false
    ) throws(StorageError) {
        try PostgreSQLSchema.change(at: address) { session in
            try PostgreSQLSchema.requireNone(session, at: address)
            try PostgreSQLSchema.create(session)
            let transaction = PostgreSQLTransaction(database: session)
            if let installation { try transaction.beginPosition(of: installation) }
            for key in keys { try transaction.putIssuerKey(key) }
            try Registry.noteEpochKeys(epochKeys, in: transaction)
            guard isLogPublished else { return }
            for log in LogName.allCases { try TraceLogStore.recordPublication(of: log, transaction) }
        }
    }

    /// Removes the registry of an installation that could not be made.
    ///
    /// - Parameters:
    ///   - address: the registry's database.
    ///   - installation: the installation's identifier; another one's registry stays.
    /// - Throws: `registry_missing`, `storage_unavailable`.
    package static func remove(
        at address: PostgreSQLAddress, of installation: [UInt8]
    ) throws(StorageError) {
        try PostgreSQLSchema.change(at: address) { session in
            try PostgreSQLSchema.check(session, at: address)
            guard try RegistryPosition.read(session)?.installation == installation else { return }
            try PostgreSQLSchema.remove(session)
        }
    }

    /// Opens a registry that `create` made.
    ///
    /// - Parameters:
    ///   - address: the registry's database.
    ///   - cipher: has this registry's keys, for upgrades that seal fields.
    /// - Throws: `registry_missing`, `registry_corrupt`, `schema_newer`, `upgrade_failed`, `registry_unwritable`,
    ///   `storage_unavailable`.
    package convenience init(at address: PostgreSQLAddress, cipher: FieldCipher) throws(StorageError) {
        try self.init(at: address, times: PostgreSQLTimes(), epochs: cipher.fields.ring)
    }

    /// Opens a registry as ``init(at:cipher:)`` does, with other times.
    package convenience init(
        at address: PostgreSQLAddress, times: PostgreSQLTimes, epochs: EpochKeyRing? = nil
    ) throws(StorageError) {
        try self.init(readingOnly: address, times: times, epochs: epochs)
        try PostgreSQLSchema.upgrade(at: address, triesMilliseconds: times.upgradeTries)
    }

    /// Opens a registry if it passes a check, which also finds the keys that the opening needs.
    ///
    /// - Parameters:
    ///   - address: the registry's database.
    ///   - check: inspects the registry before anything is changed, and makes the cipher.
    /// - Returns: the registry, and the result of the check.
    /// - Throws: the errors of ``init(at:cipher:)``, or the error of `check`.
    package static func opening<Checked>(
        at address: PostgreSQLAddress, check: (PostgreSQLStore) throws -> (FieldCipher, Checked)
    ) throws -> (PostgreSQLStore, Checked) {
        let (cipher, checked) = try check(PostgreSQLStore(readingOnly: address))
        return (try PostgreSQLStore(at: address, cipher: cipher), checked)
    }

    /// Opens a registry without changing it; it refuses one that only later versions can use, and one with a missing
    /// table.
    ///
    /// - Throws: `registry_missing`, `registry_corrupt`, `schema_newer`, `storage_unavailable`.
    package init(
        readingOnly address: PostgreSQLAddress, times: PostgreSQLTimes = PostgreSQLTimes(), epochs: EpochKeyRing? = nil
    ) throws(StorageError) {
        self.address = address
        readers = PostgreSQLReaders(address, times)
        connection = PostgreSQLWriter(address, times, epochs: epochs)
        ownLease = try PostgreSQLLease(address, times)
        let position: RegistryPosition?
        do {
            position = try readers.read { transaction in
                try PostgreSQLSchema.check(transaction.database, at: address)
                return try transaction.position()
            }
        } catch {
            throw Self.mapped(error)
        }
        writer = GroupCommit(connection, position: position)
    }

    package func submit<Value: Sendable>(
        isLine: Bool, reads: @autoclosure () -> ForeseenReads,
        _ body: @escaping @Sendable (any StoreTransaction) throws -> Value
    ) -> SubmittedWrite<Value> {
        writer.submit(isLine: isLine, reads: reads()) { transaction in
            let database = (transaction as? PostgreSQLTransaction)?.database
            let outcome = Result { try body(transaction) }
            // A statement that was refused meanwhile goes before the body's own error, as it came first.
            try database?.endChange()
            return try outcome.get()
        }
    }

    /// The number of times that changes have waited for the server, for tests.
    var roundTripCount: Int { connection.roundTripCount }

    package func read<Value>(_ body: (any StoreSnapshot) throws -> Value) throws(StorageError) -> Value {
        do {
            return try readers.read(body)
        } catch {
            throw Self.mapped(error)
        }
    }

    package func readDurably<Value>(_ body: (any StoreSnapshot) throws -> Value) throws(StorageError) -> Value {
        do {
            return try readers.read(isDurable: true, body)
        } catch {
            throw Self.mapped(error)
        }
    }

    package var lease: (any StoreLease)? { ownLease }

    package func changeAtOpening(_ body: (any StoreTransaction) throws -> Void) throws(StorageError) {
        let outcome = connection.withOwnSession { session -> Result<RegistryPosition?, any Error> in
            Result {
                do {
                    let changeCount = session.changeCount
                    try session.begin(idleMilliseconds: Self.openingIdleMilliseconds)
                    try body(session.transaction)
                    guard try session.hasKeptAll() else { throw session.lossError }
                    let position = session.changeCount == changeCount ? nil : try session.advancePosition()
                    guard try session.commit() else { throw StorageError.unavailable("the commit was cut off") }
                    return position
                } catch {
                    session.rollback()
                    throw error
                }
            }
        }
        do {
            if let position = try outcome.get() { writer.keep(position) }
        } catch {
            throw error as? StorageError ?? .unwritable("the commit failed")
        }
    }

    package var committedPosition: RegistryPosition? { writer.position }

    /// The handler is never called: a commit of unknown outcome is settled, or its callers are told.
    package func onUnknownOutcome(_ handler: @escaping @Sendable (StorageError) -> Void) {
        writer.onUnknownOutcome(handler)
    }

    package func close() {
        writer.close()
        connection.close()
        readers.close()
        ownLease.close()
    }

    /// Does nothing: old rows stay in write-ahead logs, standbys and backups, and are erased by their epoch key.
    package func purge() {}

    private static func mapped(_ error: any Error) -> StorageError {
        error as? StorageError
            ?? StorageError(
                code: .registryCorrupt, reason: "the registry cannot be read",
                hint: "look at the database's log; \(StorageError.restoring)")
    }
}
