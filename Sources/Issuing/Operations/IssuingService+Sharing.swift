import Storage
import Synchronization

/// How daemons that share a registry work together: one of them holds the lease, and each sees what the others change.
extension IssuingService {
    /// The pauses before the next try to take the lease, and before its next renewal.
    private static let leaseIntervals = (taking: Duration.seconds(1), renewing: Duration.seconds(2))

    /// Whether this daemon does the work of one alone; always, where no other one shares the registry.
    package var isHolder: Bool { LeasedStore(database) != nil }

    /// Takes the lease when it is free, and renews it, until the task is cancelled.
    ///
    /// A database that is away is no error here: the lease then goes on or ends by itself, and requests tell. Health tells
    /// of tables that a later version has changed so that this one cannot use them.
    package func keepLeaseContinually() async {
        guard let lease = database.lease else { return }
        while !Task.isCancelled {
            try? await leaseHealth.noting {
                try await leases.run { [self] in
                    try lease.renew()
                    _ = try follow()
                }
            }
            try? await Task.sleep(
                for: lease.term == nil ? Self.leaseIntervals.taking : Self.leaseIntervals.renewing)
        }
    }

    /// Takes the lease when it is free, for the work of one command.
    package func takeLease() async {
        guard let lease = database.lease else { return }
        // Without the lease, the command leaves the work of one alone to others.
        try? await leases.run { try lease.renew() }
    }

    /// Gives the lease up, so that another daemon can go on at once; call it once the last work of one alone is done.
    package func giveUpLease() async {
        guard let lease = database.lease else { return }
        // A lease that could not be given up ends by itself.
        try? await leases.run { try lease.giveUp() }
    }

    /// Does work that one daemon alone does.
    ///
    /// - Parameter work: gets the registry for the term in which it begins.
    /// - Returns: the value of `work`; nil while another daemon does it, and where the term has ended meanwhile.
    /// - Throws: the error of `work`.
    func asHolder<Value>(_ work: (LeasedStore) async throws -> Value) async throws -> Value? {
        guard let held = LeasedStore(database) else { return nil }
        do {
            return try await work(held)
        } catch {
            if try held.isOver(after: error) { return nil }
            throw error
        }
    }

    /// Takes up what other daemons have changed, unless that was done a moment ago.
    ///
    /// - Returns: the registry's position, as far as this daemon has seen it.
    /// - Throws: `storage_unavailable`, `registry_corrupt`.
    @discardableResult
    func follow() throws(StorageError) -> RegistryPosition? {
        let own = database.committedPosition
        guard database.lease != nil else { return own }
        let counts = try sharedChanges.counts(of: database)
        keptLists.noteChange(inCommit: counts.lists)
        signingClock.noteEntry(atMilliseconds: counts.newestEntryMilliseconds)
        guard let own, let position = counts.position else { return own ?? counts.position }
        return own.commitCount > position.commitCount ? own : position
    }

    /// The newest position up to which every change of a list is known.
    ///
    /// This daemon's own newest commit may come after another daemon's revocation that it does not know of yet.
    func knownPosition() -> RegistryPosition? {
        guard database.lease != nil else { return database.committedPosition }
        _ = try? follow()
        return sharedChanges.known?.position
    }
}
