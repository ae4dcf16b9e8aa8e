import Glibc
import Storage
import Synchronization
import TraceLog

/// What ends by the settings' retention: codes of ended days, and old lines of the audit trail.
extension IssuingService {
    private static let retentionSeconds: UInt64 = 60

    /// Drops what has ended, about once a minute, in short transactions.
    ///
    /// Of several daemons, the holder of the lease does it. Two at once do no harm: each transaction looks again at what
    /// is left.
    ///
    /// - Parameter now: seconds since 1970-01-01T00:00:00Z, by a clock that may date signatures.
    /// - Returns: whether anything was dropped.
    /// - Throws: an error of the registry; a later call goes on.
    func dropEnded(at now: UInt64) async throws -> Bool {
        let last = retainedAt.load(ordering: .relaxed)
        guard now >= last + Self.retentionSeconds || now < last else { return false }
        let isAnyDropped = try await asHolder { held in
            try await held.write { try $0.prepareDays(at: now) }
            let day = CodeDay.firstKept(at: now, retentionDays: settings.codeRetentionDays)
            let areCodesDropped = try await Self.untilNothingIsLeft(in: held) { [registry] in
                try registry.dropCodes(before: day, in: $0)
            }
            try await raiseTrailFloor(at: now, in: held)
            let areLinesDropped = try await Self.untilNothingIsLeft(in: held) {
                try Registry.deleteDroppedLines(in: $0)
            }
            return areCodesDropped || areLinesDropped
        }
        retainedAt.store(now, ordering: .relaxed)
        return isAnyDropped ?? false
    }

    /// Lets the trail begin behind the newest published statement all of whose lines are old enough.
    private func raiseTrailFloor(at now: UInt64, in held: LeasedStore) async throws {
        let today = now / CodeDay.seconds
        guard today > settings.auditRetentionDays,
            let size = try acts.log.publishedCheckpoint()?.checkpoint.size
        else { return }
        let cutoff = (today - settings.auditRetentionDays) * CodeDay.seconds
        let floor = try held.read { snapshot -> TrailChainState? in
            guard let chain = try snapshot.trailChain() else { return nil }
            let dropped = try snapshot.trailFloor()?.number ?? 0
            let end = try snapshot.firstAuditNumber(after: dropped, since: cutoff).map { $0 - 1 } ?? chain.number
            guard end > dropped else { return nil }
            return try TrailChain.statement(upTo: end, publishedSize: size, in: snapshot)
        }
        guard let floor else { return }
        try await held.write { [registry] database in
            _ = try registry.raiseTrailFloor(to: floor, by: .user(geteuid()), at: now, in: database)
        }
    }

    /// Repeats a change until nothing is left, or until the task is cancelled.
    ///
    /// - Parameters:
    ///   - held: the registry.
    ///   - change: returns whether more may be left.
    /// - Returns: whether the change was repeated, and so did something.
    /// - Throws: the error of the change, or a cancellation.
    private static func untilNothingIsLeft(
        in held: LeasedStore, _ change: @escaping @Sendable (any StoreTransaction) throws -> Bool
    ) async throws -> Bool {
        var isRepeated = false
        while try await held.write({ try change($0) }) {
            isRepeated = true
            try Task.checkCancellation()
        }
        return isRepeated
    }
}
