/// Reads of the registry and of its logs at one moment; by itself it reads the trace log.
package protocol StoreSnapshot: RegistrySnapshot, LogSnapshot {
    /// The rows by which daemons that share the store agree; nil for a store that one process has for itself.
    var sharedRows: (any SharedRows)? { get }
}

extension StoreSnapshot {
    package var sharedRows: (any SharedRows)? { nil }
}

/// Changes of the registry and of its logs, all kept or none; by itself it changes the trace log.
///
/// It is valid only inside the closure that receives it.
package protocol StoreTransaction: StoreSnapshot, RegistryTransaction, LogTransaction {}

/// The storage of a registry and its logs: rows and transactions, without the rules about them.
package protocol RegistryStore: AnyObject, Sendable {
    /// Puts `body` into the order of writes, and returns before it has run.
    ///
    /// - Parameters:
    ///   - isLine: whether the change is one of many in a batch. Lines run in the order of submission, and so do single
    ///     changes; a single change does not wait behind thousands of lines.
    ///   - reads: rows that `body` is going to read; only a store that reads them ahead asks for them.
    ///   - body: one change; an error from it undoes only this change. It may be undone and run again, and the last
    ///     run counts.
    /// - Returns: the write, which gives its value once it is on disk.
    func submit<Value: Sendable>(
        isLine: Bool, reads: @autoclosure () -> ForeseenReads,
        _ body: @escaping @Sendable (any StoreTransaction) throws -> Value
    ) -> SubmittedWrite<Value>

    /// Reads a consistent snapshot.
    func read<Value>(_ body: (any StoreSnapshot) throws -> Value) throws(StorageError) -> Value

    /// Reads a consistent snapshot that no failover can take back.
    ///
    /// A server that was started again, or that is no longer the one that counts, can show rows that are gone later.
    /// Whatever leaves the daemons' machines for good, such as a signed tree, must come from such a read.
    ///
    /// - Throws: the error of `body`, and before it an error of the database that could not confirm the snapshot.
    func readDurably<Value>(_ body: (any StoreSnapshot) throws -> Value) throws(StorageError) -> Value

    /// The lease of the daemons that share the store; nil for a store that one process has for itself.
    var lease: (any StoreLease)? { get }

    /// Changes the registry before any other write.
    ///
    /// - Parameter body: the change, which is kept as a whole or not at all.
    /// - Throws: the error of `body`, `disk_full` or `registry_unwritable`.
    func changeAtOpening(_ body: (any StoreTransaction) throws -> Void) throws(StorageError)

    /// The position that is certainly on disk; nil when the registry has no position.
    var committedPosition: RegistryPosition? { get }

    /// Calls `handler` at the first commit with an unknown outcome, before any of its callers is answered.
    ///
    /// A store that goes on after such a commit never calls it.
    ///
    /// - Parameter handler: should end the process; the next start then reads the disk's content.
    func onUnknownOutcome(_ handler: @escaping @Sendable (StorageError) -> Void)

    /// Removes overwritten bytes from every place where the store still has them.
    ///
    /// - Throws: `registry_unwritable`, also while a reader still uses old pages.
    func purge() throws(StorageError)

    /// Closes the store: finishes the submitted writes, and refuses every later write.
    func close() throws(StorageError)
}

extension RegistryStore {
    package func readDurably<Value>(_ body: (any StoreSnapshot) throws -> Value) throws(StorageError) -> Value {
        try read(body)
    }

    package var lease: (any StoreLease)? { nil }

    /// Like ``submit(isLine:reads:_:)``, where nothing is foreseen.
    package func submit<Value: Sendable>(
        isLine: Bool = false, _ body: @escaping @Sendable (any StoreTransaction) throws -> Value
    ) -> SubmittedWrite<Value> {
        submit(isLine: isLine, reads: ForeseenReads(), body)
    }

    /// Runs `body` in a transaction, and returns its value once the transaction is on disk.
    ///
    /// - Parameter body: the change, as in ``submit(isLine:reads:_:)``.
    /// - Returns: the value of `body`.
    /// - Throws: the error of `body`; `disk_full` or `registry_unwritable` when nothing was kept, and later writes may
    ///   succeed; `storage_unavailable` likewise, while the database cannot be used; `schema_newer` once a later version
    ///   has changed the tables so that this one cannot; `commit_unknown` when the outcome of the commit is unknown, after
    ///   which SQLite writes nothing more.
    package func write<Value: Sendable>(
        _ body: @escaping @Sendable (any StoreTransaction) throws -> Value
    ) async throws -> Value {
        try await submit(isLine: false, body).value()
    }

    /// The registry's position; nil for a registry of an earlier version without positions.
    package func position() throws(StorageError) -> RegistryPosition? {
        try read { try $0.position() }
    }

    /// Begins the count of commits in a registry of an earlier version without positions.
    package func beginPosition(of installation: [UInt8]) throws(StorageError) {
        try changeAtOpening { try $0.beginPosition(of: installation) }
    }
}
