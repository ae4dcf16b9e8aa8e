/// The one connection that changes a store; only ``GroupCommit`` uses it.
package protocol WriteConnection: Sendable {
    /// Runs `body` with exclusive access for writing.
    func withSession<Value>(_ body: (any WriteSession) -> Value) -> Value
}

/// The steps of a transaction for ``GroupCommit``.
package protocol WriteSession {
    /// The transaction for changes; valid between ``begin()`` and ``commit()`` or ``rollback()``.
    var transaction: any StoreTransaction { get }
    /// The number of rows that this connection has changed; only differences of this number are meaningful.
    var changeCount: Int { get }
    /// A number that rises with every statement that may have changed a row, and with every refused one.
    var changeMark: Int { get }
    /// Whether the transaction is still open; false once the store has undone it, as SQLite does on a full disk.
    var isInTransaction: Bool { get }

    /// The error of every write whose transaction the store has undone, or lost with its connection.
    var lossError: StorageError { get }
    /// Whether nothing may be written any more after a commit of unknown outcome.
    var endsAtUnknownOutcome: Bool { get }

    func begin() throws(StorageError)
    /// Reads rows that changes of the open transaction are going to read.
    func foresee(_ reads: [ForeseenReads]) throws(StorageError)
    /// Waits for statements that were put off.
    ///
    /// - Returns: false when one of them was refused; only a rollback can undo this.
    func hasKeptAll() throws(StorageError) -> Bool
    /// - Throws: `commit_unknown`.
    func rollback() throws(StorageError)
    /// Runs `body`, and undoes its changes when it returns false.
    func nested(_ body: () throws(StorageError) -> Bool) throws(StorageError)
    /// Counts the transaction at its end.
    ///
    /// - Returns: the position after the transaction's commit; nil when the registry has no position.
    /// - Throws: `registry_corrupt`, `registry_unwritable`.
    func advancePosition() throws(StorageError) -> RegistryPosition?
    /// Commits the transaction.
    ///
    /// - Returns: false when the transaction was certainly not kept though nothing refused it; the same changes may be
    ///   made again then.
    /// - Throws: `commit_unknown` when the outcome is unknown; every other error when nothing was kept.
    func commit() throws(StorageError) -> Bool
}

extension WriteSession {
    package var changeMark: Int { changeCount }
    /// Does nothing: the rows are as near as they can be.
    package func foresee(_ reads: [ForeseenReads]) throws(StorageError) {}
    package var lossError: StorageError { .diskFull }
    package var endsAtUnknownOutcome: Bool { true }
    package func hasKeptAll() -> Bool { true }
}
