/// Reads of the registry and of its log as they stood at one moment.
package protocol StoreSnapshot: RegistrySnapshot, LogSnapshot {}

/// Changes of the registry and of its log, kept together or not at all.
///
/// It is good inside the closure that it is given to, and nowhere else.
package protocol StoreTransaction: StoreSnapshot, RegistryTransaction, LogTransaction {}

/// Where a registry and its log are kept: rows and transactions, without any rule about them.
package protocol RegistryStore: AnyObject, Sendable {
    /// Gives `body` its place among the writes, and returns before it has run.
    ///
    /// - Parameters:
    ///   - isLine: whether it is one of many in a batch. Lines run in the order of submitting, and so do all others,
    ///     which do not wait behind thousands of lines.
    ///   - body: one change; what it throws undoes only itself. It may run again after all of it was undone, and the
    ///     last run counts.
    /// - Returns: the write; its value comes once it is on disk.
    func submit<Value: Sendable>(
        isLine: Bool, _ body: @escaping @Sendable (any StoreTransaction) throws -> Value
    ) -> SubmittedWrite<Value>

    /// Reads a consistent snapshot.
    func read<Value>(_ body: (any StoreSnapshot) throws -> Value) throws(StorageError) -> Value

    /// Changes the registry before anybody else writes to it.
    ///
    /// - Parameter body: all of it is kept, or nothing.
    /// - Throws: what `body` throws; `disk_full` or `registry_unwritable`.
    func changeAtOpening(_ body: (any StoreTransaction) throws -> Void) throws(StorageError)

    /// How far the registry is on disk: never ahead of a commit; nil where the registry has no position.
    var committedPosition: RegistryPosition? { get }

    /// Calls `handler` at the first commit whose outcome is not known, before any of its callers is answered.
    ///
    /// - Parameter handler: best ends the process: what the disk has then shows at the next start.
    func onUnknownOutcome(_ handler: @escaping @Sendable (StorageError) -> Void)

    /// Removes what was overwritten from wherever the store still keeps it.
    ///
    /// - Throws: `registry_unwritable`, also while a reader holds on to old pages.
    func purge() throws(StorageError)

    /// Ends the store: what was submitted is finished, and everything later is refused.
    func close() throws(StorageError)
}

extension RegistryStore {
    /// As ``submit(isLine:_:)``, of a single write.
    package func submit<Value: Sendable>(
        _ body: @escaping @Sendable (any StoreTransaction) throws -> Value
    ) -> SubmittedWrite<Value> {
        submit(isLine: false, body)
    }

    /// Runs `body` in a transaction and returns its value once that is on disk.
    ///
    /// - Parameter body: as in ``submit(isLine:_:)``.
    /// - Returns: what `body` returned.
    /// - Throws: what `body` throws; `disk_full` or `registry_unwritable` when nothing was kept, after which writing
    ///   goes on once it can; `commit_unknown` when the commit failed, after which nothing is written any more.
    package func write<Value: Sendable>(
        _ body: @escaping @Sendable (any StoreTransaction) throws -> Value
    ) async throws -> Value {
        try await submit(isLine: false, body).value()
    }

    /// Where the registry stands; nil for one of a version before positions.
    package func position() throws(StorageError) -> RegistryPosition? {
        try read { try $0.position() }
    }

    /// Begins the count of a registry that was made by a version before positions.
    package func beginPosition(of installation: [UInt8]) throws(StorageError) {
        try changeAtOpening { try $0.beginPosition(of: installation) }
    }
}
