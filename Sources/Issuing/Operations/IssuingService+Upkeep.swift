package import Storage
import Synchronization

extension IssuingService {
    private static let upkeepInterval = Duration.seconds(5)

    /// Notes a request that was refused because the caller may not make it, or not so often; a batch may note one for each
    /// line.
    ///
    /// - Parameters:
    ///   - caller: who asked.
    ///   - route: the method and the route's pattern from the table, or nil for another path or method.
    ///   - code: the refusal's code.
    ///   - nowMilliseconds: the time of the request.
    package func noteRefusal(
        of caller: CallerIdentity, route: String?, code: String, nowMilliseconds: UInt64
    ) {
        record(
            refusals.note(
                of: caller, route: route ?? RefusalTally.otherRoute, code: code, at: nowMilliseconds / 1000))
    }

    /// Does the work that follows from the passing of time, every few seconds, until the task is cancelled.
    ///
    /// Counted refusals get their lines in the trail, answers to idempotency keys go when they have ended, and
    /// so do offers and their secrets. Epoch keys begin and end, what a killed backup left behind goes, and so do codes
    /// and lines of the trail after their retention. It also looks at the registry, the logs and the disks, for health
    /// and metrics.
    ///
    /// - Parameters:
    ///   - nowMilliseconds: the clock.
    ///   - report: receives an error when it first occurs, and not while it lasts.
    package func upkeepContinually(
        nowMilliseconds: @Sendable () -> UInt64, report: (OperationError) -> Void
    ) async {
        var reported: OperationError?
        while !Task.isCancelled {
            let now = nowMilliseconds() / 1000
            record(refusals.lines(at: now))
            BackupWorkplace.removeLeftovers(in: state)
            look(at: now)
            do {
                // A clock that is too far ahead would end every answer.
                if clockObstacle(atMilliseconds: now * 1000) == nil {
                    if try await forget(at: now) { isPurgeDue.store(true, ordering: .releasing) }
                    if try await keepEpochs(at: now) { isPurgeDue.store(true, ordering: .releasing) }
                    if try await dropEnded(at: now) { isPurgeDue.store(true, ordering: .releasing) }
                }
                // A reader may still use old pages; a later pass then purges them.
                if isPurgeDue.exchange(false, ordering: .acquiringAndReleasing), (try? database.purge()) == nil {
                    isPurgeDue.store(true, ordering: .releasing)
                }
                reported = nil
            } catch is CancellationError {
                // The change of keys, or the dropping of what has ended, goes on at the next start.
            } catch {
                let error = OperationError(any: error)
                if error != reported { report(error) }
                reported = error
            }
            try? await Task.sleep(for: Self.upkeepInterval)
        }
        record(refusals.lines(at: nowMilliseconds() / 1000, isEnd: true))
    }

    /// Follows the epoch keys; of several daemons, the holder of the lease begins and destroys them where that is due.
    ///
    /// - Returns: whether old wrapped keys should be emptied out of the write-ahead log.
    /// - Throws: an error of the epoch keys' folder or of the registry.
    private func keepEpochs(at now: UInt64) async throws -> Bool {
        try epochs.follow(database)
        return try await asHolder { try await epochs.keep(at: now, registry: registry, in: $0) } ?? false
    }

    /// Begins, follows and destroys epoch keys, where that is due, for a command that works without a daemon.
    ///
    /// - Parameter now: seconds since 1970.
    /// - Throws: an error of the epoch keys' folder or of the registry; a later call goes on.
    package func keepEpochsOnce(at now: UInt64) async throws(OperationError) {
        do {
            if try await keepEpochs(at: now) { try database.purge() }
        } catch {
            throw OperationError(any: error)
        }
    }

    /// Deletes ended answers, and ended offers with their secrets, in short transactions.
    ///
    /// - Returns: whether any was deleted.
    private func forget(at now: UInt64) async throws -> Bool {
        let isAnyDeleted = try await inTurns(Registry.endedAnswerCountMax) { [registry] in
            try registry.forgetEndedAnswers(at: now, in: $0)
        }
        let isAnyOver = try await inTurns(Registry.endedOfferCountMax) { [registry] in
            try registry.forgetEndedOffers(at: now, in: $0)
        }
        return isAnyDeleted || isAnyOver
    }

    /// Repeats a change of at most `countMax` rows until fewer are left.
    ///
    /// - Returns: whether any row was changed.
    private func inTurns(
        _ countMax: Int, _ change: @escaping @Sendable (any StoreTransaction) throws -> Int
    ) async throws -> Bool {
        var isAnyChanged = false
        while true {
            let count = try await database.write { try change($0) }
            isAnyChanged = isAnyChanged || count > 0
            guard count == countMax else { return isAnyChanged }
        }
    }

    /// Adds lines to the trail with the next commit; no request waits for it.
    private func record(_ lines: [RefusalTally.Line]) {
        guard !lines.isEmpty else { return }
        _ = database.submit { [registry] in
            for line in lines {
                try registry.audit(
                    by: line.caller, action: "refused", subject: line.route, detail: line.detail, at: line.time, in: $0)
            }
        }
    }
}
