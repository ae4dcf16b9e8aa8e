/// The changes that a recovery makes in a registry that was restored from a copy.
extension Registry {
    /// Adds published revocations that are missing in the registry.
    ///
    /// - Parameters:
    ///   - indices: the revoked indices of the published list.
    ///   - list: the list's plain name.
    ///   - reason: the reason that is kept, sealed, with each revocation.
    ///   - now: seconds since 1970.
    ///   - transaction: an open transaction.
    /// - Returns: the number of added revocations.
    /// - Throws: an error of the store or the cipher.
    package func restoreRevocations(
        _ indices: [UInt64], of list: String, reason: String, at now: UInt64, in transaction: any RegistryTransaction
    ) throws -> Int {
        guard indices.allSatisfy({ $0 < Self.statusIndexCount }) else {
            throw StorageError.corruptRow("a published status index")
        }
        let known = Set(try transaction.revokedIndices(of: list, in: 0..<Self.statusIndexCount))
        let places = indices.filter { !known.contains($0) }.map { StatusPlace(list: list, index: $0) }
        return try revoke(places, reason: reason, at: now, in: transaction).count
    }

    /// The number of revoked indices of all lists, those of dropped lists among them.
    ///
    /// - Throws: `registry_corrupt`.
    package func revocationCount(in snapshot: any RegistrySnapshot) throws -> UInt64 {
        try statusListNames(in: snapshot).reduce(Self.droppedRevocationCount(in: snapshot)) { total, list in
            total + UInt64(try snapshot.revokedCount(of: list, in: 0..<Self.statusIndexCount))
        }
    }

    /// The name of the counter of bundle versions.
    package static let bundleCounter = "bundle"

    /// The value of a counter; 0 when it was never raised.
    package static func value(of counter: String, in snapshot: any RegistrySnapshot) throws -> UInt64 {
        try snapshot.counter(counter) ?? 0
    }

    /// Raises a counter to at least `value`, so that the next value is higher.
    package func raise(_ counter: String, to value: UInt64, in transaction: any RegistryTransaction) throws {
        try transaction.raiseCounter(counter, to: value)
    }

    /// Begins a registry's count of commits, or raises it to at least `commitCount`.
    ///
    /// - Parameters:
    ///   - installation: the installation of the registry, used when the registry has no count yet.
    ///   - commitCount: a count below this transaction's.
    ///   - transaction: an open transaction.
    /// - Throws: `registry_corrupt`, or an error of the store.
    package func raisePosition(
        installation: [UInt8], to commitCount: UInt64, in transaction: any RegistryTransaction
    ) throws {
        if try transaction.position() == nil { try transaction.beginPosition(of: installation) }
        try transaction.raiseCommitCount(to: commitCount)
    }

    /// Records a published checkpoint that the log must reach before it takes events again.
    ///
    /// - Parameters:
    ///   - log: which log.
    ///   - floor: the checkpoint; an empty one, or one below the recorded checkpoint, changes nothing.
    ///   - transaction: an open transaction.
    /// - Returns: the number of entries that are missing in the log.
    /// - Throws: `log_inconsistent` for impossible rows.
    package func raiseFloor(
        of log: LogName, to floor: LogFloor, in transaction: any LogTransaction
    ) throws -> UInt64 {
        let transaction = transaction.transaction(of: log)
        try LogFloor.raise(to: floor, transaction)
        let count = try Sequencer.next(transaction).index
        return try transaction.logFloor().map { $0.size > count ? $0.size - count : 0 } ?? 0
    }
}
