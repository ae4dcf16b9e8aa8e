/// The one connection through which a store is changed; ``GroupCommit`` alone uses it.
protocol WriteConnection: Sendable {
    /// Runs `body` while nobody else writes.
    func withSession<Value>(_ body: (any WriteSession) -> Value) -> Value
}

/// The steps of a transaction, as ``GroupCommit`` takes them.
protocol WriteSession {
    /// What changes see; good between ``begin()`` and ``commit()`` or ``rollback()``.
    var transaction: any StoreTransaction { get }
    /// Rows that this connection has changed so far; a number that only differences of mean anything.
    var changeCount: Int { get }
    /// False once the store itself has undone the transaction, as SQLite does for a full disk.
    var isInTransaction: Bool { get }

    func begin() throws(StorageError)
    /// - Throws: `commit_unknown`.
    func rollback() throws(StorageError)
    /// Runs `body` and undoes what it changed where it returns false.
    func nested(_ body: () throws(StorageError) -> Bool) throws(StorageError)
    /// Counts the transaction, at its end.
    ///
    /// - Returns: the position once the transaction is committed; nil where the registry has none.
    /// - Throws: `registry_corrupt`, `registry_unwritable`.
    func advancePosition() throws(StorageError) -> RegistryPosition?
    /// - Throws: `disk_full` where nothing was kept, `commit_unknown` where that is open.
    func commit() throws(StorageError)
}
