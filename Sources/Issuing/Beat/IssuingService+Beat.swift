import Storage
import TraceLog
import Gate

extension IssuingService {
    private static let beatInterval = Duration.seconds(1)

    /// Advances the beat to the newest commit.
    ///
    /// - Throws: `beat_unwritable`; the committed changes stand.
    package func advanceBeat() async throws(OperationError) {
        do {
            try await beatHealth.noting { try await beat.reach(Beat.Step(commitCount: commitCount)) }
        } catch {
            throw OperationError(any: error)
        }
    }

    /// Advances the beat to the newest commit about once a second, until the task is cancelled.
    ///
    /// - Parameter report: receives an error when it first occurs, and not while it lasts.
    package func advanceBeatContinually(report: (OperationError) -> Void) async {
        var reported: OperationError?
        while !Task.isCancelled {
            try? await Task.sleep(for: Self.beatInterval)
            do throws(OperationError) {
                try await advanceBeat()
                reported = nil
            } catch {
                if error != reported { report(error) }
                reported = error
            }
        }
    }

    /// Waits until the beat covers the commits that a change needs before its answer leaves.
    ///
    /// An index may come from a block that another request has just opened, and that the beat does not cover yet.
    /// Therefore every change that hands out indices waits for the newest block.
    ///
    /// - Throws: `beat_unwritable`; the change stands.
    func coverBeat(of operation: IssuerOperation) async throws(OperationError) {
        guard let position = database.committedPosition else { return }
        switch operation.beatNeed {
        case .nothing: return
        case .block: try await beat.reach(Beat.Step(commitCount: position.blockCommitCount))
        case .change: try await beat.reach(Beat.Step(commitCount: position.commitCount))
        }
    }

    /// Waits until the beat records a bundle and its lists, which may leave only then.
    ///
    /// - Parameters:
    ///   - export: the bundle.
    ///   - version: its version.
    ///   - issuedAt: the time of the bundle and its lists, in seconds since 1970.
    ///   - published: lists that may stay published as they are; the beat records a newer one when it leaves.
    /// - Throws: `beat_unwritable`.
    func coverBeat(
        of export: BundleExport, version: UInt64, issuedAt: UInt64, besides published: Set<String>
    ) async throws(OperationError) {
        var step = Beat.Step(commitCount: commitCount, bundleVersion: version)
        for name in export.statusListNames where !published.contains(name) { step.lists[name] = issuedAt }
        try await beat.reach(step)
    }

    /// Waits until the beat records status lists, which may leave only then.
    func coverBeat(ofLists names: [String], issuedAt: UInt64) async throws(OperationError) {
        let lists = Dictionary(names.map { ($0, issuedAt) }, uniquingKeysWith: max)
        try await beat.reach(Beat.Step(commitCount: commitCount, lists: lists))
    }

    /// The newest checkpoint of a log, once the beat records it.
    ///
    /// - Returns: nil when no checkpoint is published, or when it is below the checkpoint that the log must reach.
    /// - Throws: `beat_unwritable`; `log_unreadable` for a checkpoint that is missing or cannot be read.
    func leavingCheckpoint(of log: InstallationLog) async throws -> [UInt8]? {
        guard try !database.read({ try log.store.isBehind(in: $0) }),
            let found = try log.publishedCheckpoint()
        else { return nil }
        let point = Beat.LogPoint(found.checkpoint)
        try await beat.reach(log.store.name == .acts ? Beat.Step(acts: point) : Beat.Step(checkpoint: point))
        return found.bytes
    }

    /// The number of groups of writes on disk.
    var commitCount: UInt64 { database.committedPosition?.commitCount ?? 0 }
}
