/// A store for the work of one daemon alone: each read outlasts a failover, and each change needs the term of the lease
/// in which the work began.
///
/// This is the one place where a change asks for the lease. A daemon that was paused and wakes after its term makes no
/// change any more: the database refuses it in the change's own transaction. Work that goes on from what it has read must
/// end with its term, so it keeps the store that it began with.
package final class LeasedStore: RegistryStore {
    private let store: any RegistryStore
    /// Nil where the store has no lease, or for work that only reads.
    package let term: LeaseTerm?

    /// The store for work that begins now; nil while another daemon holds the lease.
    package convenience init?(_ store: any RegistryStore) {
        guard let lease = store.lease else {
            self.init(reading: store)
            return
        }
        guard let term = lease.term else { return nil }
        self.init(store, term)
    }

    /// The store for work that only reads, which needs no lease.
    package convenience init(reading store: any RegistryStore) { self.init(store, nil) }

    private init(_ store: any RegistryStore, _ term: LeaseTerm?) {
        (self.store, self.term) = (store, term)
    }

    /// Whether an error means nothing, because the work's term is over: another daemon may have done the work meanwhile.
    ///
    /// - Parameter error: what the work has thrown.
    /// - Returns: false as long as no other daemon has taken the lease.
    /// - Throws: an error of the database that cannot tell.
    package func isOver(after error: any Error) throws(StorageError) -> Bool {
        if error is LeaseLost { return true }
        return try isOver()
    }

    /// Refuses to go on once another daemon has taken the lease; call it before a change outside the database.
    ///
    /// - Throws: ``LeaseLost``; an error of the database that cannot tell.
    package func requireTerm() throws {
        if try isOver() { throw LeaseLost() }
    }

    private func isOver() throws(StorageError) -> Bool {
        guard let term else { return false }
        return try store.readDurably { try $0.sharedRows?.leaseTerm() != term }
    }

    package func submit<Value: Sendable>(
        isLine: Bool, reads: @autoclosure () -> ForeseenReads,
        _ body: @escaping @Sendable (any StoreTransaction) throws -> Value
    ) -> SubmittedWrite<Value> {
        store.submit(isLine: isLine, reads: reads()) { [term] transaction in
            if let term { try transaction.sharedRows?.requireLease(term) }
            return try body(transaction)
        }
    }

    package func read<Value>(_ body: (any StoreSnapshot) throws -> Value) throws(StorageError) -> Value {
        try store.readDurably(body)
    }

    package var lease: (any StoreLease)? { store.lease }

    package func changeAtOpening(_ body: (any StoreTransaction) throws -> Void) throws(StorageError) {
        try store.changeAtOpening { [term] transaction in
            if let term { try transaction.sharedRows?.requireLease(term) }
            try body(transaction)
        }
    }

    package var committedPosition: RegistryPosition? { store.committedPosition }

    package func onUnknownOutcome(_ handler: @escaping @Sendable (StorageError) -> Void) {
        store.onUnknownOutcome(handler)
    }

    package func purge() throws(StorageError) { try store.purge() }

    package func close() throws(StorageError) { try store.close() }
}
