import Credential
import TraceLog

/// The rows that are kept for a stated time: codes of a day with their status list, and lines of the audit trail.
extension Registry {
    /// The first day whose codes and status list are in the registry; it never goes back.
    private static let firstDayCounter = "first kept day of codes"
    /// The number of revocations that were dropped with their lists.
    private static let droppedRevocationCounter = "dropped revocations"
    /// The most rows that one transaction deletes, so that no writer waits long.
    private static let droppedRowCountMax = 512

    /// Drops codes of ended days, and what the registry knows of their status lists.
    ///
    /// Codes go first, then the revocations, blocks and floors of their lists. A list goes only once no code is left in
    /// it. From the first call on no index of these lists is given out, so that none can be given twice.
    ///
    /// - Parameters:
    ///   - day: the first day that stays; an earlier one than before changes nothing.
    ///   - transaction: an open transaction.
    /// - Returns: whether more may be left, so that the caller calls again in a further transaction.
    /// - Throws: `registry_corrupt`, or an error of the store.
    package func dropCodes(before day: UInt64, in transaction: any RegistryTransaction) throws -> Bool {
        let known = try transaction.counter(Self.firstDayCounter) ?? 0
        if day > known { try transaction.raiseCounter(Self.firstDayCounter, to: day) }
        let day = max(day, known)
        if try transaction.deleteCodes(before: day, countMax: Self.droppedRowCountMax) { return true }
        for list in try statusListNames(in: transaction) {
            guard let own = StatusListReference.day(ofListName: list), own < day,
                try !transaction.hasCode(inStatusList: list)
            else { continue }
            let dropped = try transaction.deleteStatusRows(of: list, countMax: Self.droppedRowCountMax)
            if dropped.revocationCount > 0 {
                let count = try Self.droppedRevocationCount(in: transaction)
                try transaction.raiseCounter(
                    Self.droppedRevocationCounter, to: count + UInt64(dropped.revocationCount))
            }
            return true
        }
        return false
    }

    /// Whether the codes of a list were dropped, so that no further index of it may be given out.
    static func isDropped(_ list: StatusListReference, in snapshot: any RegistrySnapshot) throws -> Bool {
        guard let day = list.day else { return false }
        return try day < snapshot.counter(firstDayCounter) ?? 0
    }

    /// The number of revocations that were dropped with their lists.
    static func droppedRevocationCount(in snapshot: any RegistrySnapshot) throws -> UInt64 {
        try snapshot.counter(droppedRevocationCounter) ?? 0
    }

    /// Begins to drop lines of the audit trail, up to a line that the log of acts has stated.
    ///
    /// The trail gets a line about it, which is chained as every line is.
    ///
    /// - Parameters:
    ///   - floor: the last line to drop, and the stated hash over the trail up to it.
    ///   - caller: the user of the daemon.
    ///   - now: seconds since 1970-01-01T00:00:00Z.
    ///   - transaction: an open transaction.
    /// - Returns: false, with nothing changed, where the trail begins behind this line already.
    /// - Throws: `registry_unwritable` above the last stated line; an error of the store.
    package func raiseTrailFloor(
        to floor: TrailChainState, by caller: CallerIdentity, at now: UInt64, in transaction: any RegistryTransaction
    ) throws -> Bool {
        guard floor.number > (try transaction.trailFloor()?.number ?? 0) else { return false }
        try transaction.raiseTrailFloor(to: floor)
        try audit(
            by: caller, action: TrailDrop.action, subject: "trail", detail: TrailDrop.detail(through: floor.number),
            at: now, in: transaction)
        return true
    }

    /// Deletes lines of the trail that lie below its floor.
    ///
    /// - Returns: whether more may be left.
    package static func deleteDroppedLines(in transaction: any RegistryTransaction) throws -> Bool {
        try transaction.deleteAuditLines(countMax: droppedRowCountMax)
    }
}
