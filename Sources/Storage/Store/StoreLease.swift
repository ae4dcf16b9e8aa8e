/// The right to do what one of the daemons that share a store does alone: above all, to publish its logs.
///
/// A daemon takes the lease when it is free or has ended, and renews it long before its end. The lease ends by the
/// database's clock, so that a daemon that stands still cannot keep it. The epoch rises with each change of the holder.
/// A holder can be paused at any moment and wake after the end, so that each of its changes asks for its term again
/// (``LeasedStore``).
package protocol StoreLease: AnyObject, Sendable {
    /// This process's term; nil while it does not hold the lease, as far as it knows.
    var term: LeaseTerm? { get }

    /// Takes the lease if no other daemon has it, or renews this process's own.
    ///
    /// - Throws: `storage_unavailable`; an earlier term then goes on until its end. `schema_newer` once a later version
    ///   has changed the tables so that this one cannot; the lease is given up then.
    func renew() throws(StorageError)

    /// Gives the lease up, so that another daemon can take it at once.
    ///
    /// - Throws: `storage_unavailable`; the lease then ends by itself.
    func giveUp() throws(StorageError)
}

/// The time from one change of the lease's holder to the next.
package struct LeaseTerm: Sendable, Equatable {
    /// Higher than that of every earlier term.
    package let epoch: UInt64
    /// Random bytes of the holding process.
    package let holder: [UInt8]

    package init(epoch: UInt64, holder: [UInt8]) {
        (self.epoch, self.holder) = (epoch, holder)
    }
}

/// The end of a piece of the holder's work whose term is over; it is no fault, and nobody is told.
package struct LeaseLost: Error, Equatable {
    package init() {}
}

/// The rows by which daemons that share a store agree on the one that publishes, and on the newest checkpoints.
package protocol SharedRows {
    /// The newest term, which may have ended.
    func leaseTerm() throws -> LeaseTerm
    /// Refuses a term that is over; the term then lasts until the transaction's end.
    ///
    /// - Throws: ``LeaseLost``.
    func requireLease(_ term: LeaseTerm) throws

    /// The newest checkpoint of a log; nil before the first one that was published by a holder of the lease.
    func sharedHead(of log: LogName) throws -> SharedHead?
    /// Replaces the newest checkpoint of a log if it has the expected bytes, or adds the first one.
    ///
    /// - Returns: whether it was replaced.
    func replaceSharedHead(of log: LogName, expecting expected: [UInt8]?, with head: SharedHead) throws -> Bool
}

/// The newest checkpoint of a log, as the daemons' database has it.
package struct SharedHead: Sendable, Equatable {
    package let size: UInt64
    /// The epoch of the daemon that published it.
    package let epoch: UInt64
    /// The signed note.
    package let bytes: [UInt8]

    package init(size: UInt64, epoch: UInt64, bytes: [UInt8]) {
        (self.size, self.epoch, self.bytes) = (size, epoch, bytes)
    }
}

/// The counters by which a shared store says when something changed that daemons keep copies of: the number of the newest
/// commit that has changed it.
package enum SharedCounter: String, Sendable {
    /// Revocations and issuers' keys, as status lists show them.
    case lists = "shared.lists"
    /// Gates, as their sealed keys follow them.
    case gates = "shared.gates"
}
