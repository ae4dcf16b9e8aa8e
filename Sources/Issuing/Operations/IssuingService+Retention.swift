import Glibc
import Storage
import Synchronization
import TraceLog

/// What ends by the settings' retention: codes of ended days, and old lines of the audit trail.
extension IssuingService {
    private static let retentionSeconds: UInt64 = 60

    /// Drops what has ended, about once a minute, in short transactions.
    ///
    /// Several daemons may do this at once: each transaction looks again at what is left.
    ///
    /// - Parameter now: seconds since 1970-01-01T00:00:00Z, by a clock that may date signatures.
    /// - Returns: whether anything was dropped.
    /// - Throws: an error of the registry; a later call goes on.
    func dropEnded(at now: UInt64) async throws -> Bool {
        let last = retainedAt.load(ordering: .relaxed)
        guard now >= last + Self.retentionSeconds || now < last else { return false }
        try await database.write { try $0.prepareDays(at: now) }
        let day = CodeDay.firstKept(at: now, retentionDays: settings.codeRetentionDays)
        let areCodesDropped = try await untilNothingIsLeft { [registry] in try registry.dropCodes(before: day, in: $0) }
        try await raiseTrailFloor(at: now)
        let areLinesDropped = try await untilNothingIsLeft { try Registry.deleteDroppedLines(in: $0) }
        retainedAt.store(now, ordering: .relaxed)
        return areCodesDropped || areLinesDropped
    }

    /// Lets the trail begin behind the newest published statement all of whose lines are old enough.
    private func raiseTrailFloor(at now: UInt64) async throws {
        let today = now / CodeDay.seconds
        guard today > settings.auditRetentionDays,
            let size = try acts.log.publishedCheckpoint()?.checkpoint.size
        else { return }
        let cutoff = (today - settings.auditRetentionDays) * CodeDay.seconds
        let floor = try database.read { snapshot -> TrailChainState? in
            guard let chain = try snapshot.trailChain() else { return nil }
            let dropped = try snapshot.trailFloor()?.number ?? 0
            let end = try snapshot.firstAuditNumber(after: dropped, since: cutoff).map { $0 - 1 } ?? chain.number
            guard end > dropped else { return nil }
            return try TrailChain.statement(upTo: end, publishedSize: size, in: snapshot)
        }
        guard let floor else { return }
        try await database.write { [registry] database in
            _ = try registry.raiseTrailFloor(to: floor, by: .user(geteuid()), at: now, in: database)
        }
    }

    /// Repeats a change until nothing is left, or until the task is cancelled.
    ///
    /// - Parameter change: returns whether more may be left.
    /// - Returns: whether the change was repeated, and so did something.
    /// - Throws: the error of the change, or a cancellation.
    private func untilNothingIsLeft(
        _ change: @escaping @Sendable (any StoreTransaction) throws -> Bool
    ) async throws -> Bool {
        var isRepeated = false
        while try await database.write({ try change($0) }) {
            isRepeated = true
            try Task.checkCancellation()
        }
        return isRepeated
    }
}
