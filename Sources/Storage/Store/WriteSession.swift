/// The one connection that changes a store; only ``GroupCommit`` uses it.
protocol WriteConnection: Sendable {
    /// Runs `body` with exclusive access for writing.
    func withSession<Value>(_ body: (any WriteSession) -> Value) -> Value
}

/// The steps of a transaction for ``GroupCommit``.
protocol WriteSession {
    /// The transaction for changes; valid between ``begin()`` and ``commit()`` or ``rollback()``.
    var transaction: any StoreTransaction { get }
    /// The number of rows that this connection has changed; only differences of this number are meaningful.
    var changeCount: Int { get }
    /// Whether the transaction is still open; false once the store has undone it, as SQLite does on a full disk.
    var isInTransaction: Bool { get }

    func begin() throws(StorageError)
    /// - Throws: `commit_unknown`.
    func rollback() throws(StorageError)
    /// Runs `body`, and undoes its changes when it returns false.
    func nested(_ body: () throws(StorageError) -> Bool) throws(StorageError)
    /// Counts the transaction at its end.
    ///
    /// - Returns: the position after the transaction's commit; nil when the registry has no position.
    /// - Throws: `registry_corrupt`, `registry_unwritable`.
    func advancePosition() throws(StorageError) -> RegistryPosition?
    /// - Throws: `disk_full` when nothing was kept, `commit_unknown` when the outcome is unknown.
    func commit() throws(StorageError)
}
