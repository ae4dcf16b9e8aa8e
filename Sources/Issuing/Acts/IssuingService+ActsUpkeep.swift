import Storage
import Synchronization

extension IssuingService {
    /// When acts, trail and issued codes were last brought up to date, in seconds since 1970; 0 before.
    package var actsKeptSeconds: UInt64 { actsKeptAt.load(ordering: .relaxed) }

    private static let actsInterval = Duration.seconds(5)

    /// Publishes the service's own acts and the digests of issued codes until the task is cancelled, and once more then.
    ///
    /// Of several daemons, the holder of the lease does it.
    ///
    /// - Parameters:
    ///   - nowMilliseconds: the clock.
    ///   - report: receives an error when it first occurs, and not while it lasts.
    package func keepActsContinually(
        nowMilliseconds: @Sendable () -> UInt64, report: (OperationError) -> Void
    ) async {
        var reported: OperationError?
        var trailMinute: UInt64?
        var areFilesRemade = false
        while true {
            // The last pass is after the last request was answered.
            let isLast = Task.isCancelled
            if !areFilesRemade, isHolder {
                areFilesRemade = true
                do throws(OperationError) { try await remakeIssuedFiles() } catch { report(error) }
            }
            let now = nowMilliseconds()
            do throws(OperationError) {
                try await keepActs(atMilliseconds: now, chainsTrail: isLast || trailMinute != now / 60_000)
                trailMinute = now / 60_000
                reported = nil
            } catch {
                if error != reported, !error.isOfLogBehind, !error.isOfClock { report(error) }
                reported = error
            }
            if isLast { return }
            try? await Task.sleep(for: Self.actsInterval)
        }
    }

    /// Makes files of issued codes again that are lost from the published log.
    ///
    /// - Throws: `issued_files_lost` where the digests are gone too; an error of the registry or of the published files.
    func remakeIssuedFiles() async throws(OperationError) {
        do {
            let lost = try await asHolder { held in
                let ledger = IssuanceLedger(database: held, acts: acts)
                return try await issuances.run { try ledger.remakeLostFiles() }
            }
            guard let lost, let first = lost.first else { return }
            throw OperationError(
                code: .issuedFilesLost,
                reason: "the published files of \(lost.count) sets of issued codes are lost, first \(first)",
                hint: "put them back into `acts` from a copy of the published files; until then, no code of these days "
                    + "can be proved to be issued")
        } catch {
            throw OperationError(any: error)
        }
    }

    /// Appends the acts that no request makes, and publishes the digests of issued codes.
    ///
    /// - Parameters:
    ///   - now: milliseconds since 1970-01-01T00:00:00Z.
    ///   - chainsTrail: whether the trail's running hash is appended too, if the trail has grown.
    /// - Throws: `clock_jumped` or `clock_before_checkpoint`; an error of the registry or of the published files.
    package func keepActs(atMilliseconds now: UInt64, chainsTrail: Bool) async throws(OperationError) {
        do {
            // A wrong clock would give codes the minutes of another day.
            _ = try signingClock.time(at: now)
            try await actsHealth.noting {
                try await asHolder { held in
                    let start = StartActs(state: state, keyFolder: keyFolder, roles: roles, acts: acts)
                    try await held.write { try start.append(atMilliseconds: now, in: $0) }
                    if chainsTrail { try await TrailChain(database: held, acts: acts).extend(atMilliseconds: now) }
                    let ledger = IssuanceLedger(database: held, acts: acts)
                    try await issuances.run { try await ledger.pass(atMilliseconds: now) }
                }
            }
            actsKeptAt.store(now / 1000, ordering: .relaxed)
        } catch {
            throw OperationError(any: error)
        }
    }
}
