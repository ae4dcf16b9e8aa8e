import Storage
import TraceLog
import Gate

extension IssuingService {
    private static let beatInterval = Duration.seconds(1)

    /// Brings the beat to what is committed, where it is behind that.
    ///
    /// - Throws: `beat_unwritable`; what was committed stands.
    package func advanceBeat() async throws(OperationError) {
        try await beat.reach(Beat.Step(commitCount: commitCount))
    }

    /// Brings the beat to what is committed about once a second, until the task is cancelled.
    ///
    /// - Parameter report: takes what went wrong, once for each time that it begins.
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

    /// Has the beat cover what a change needs before it is answered.
    ///
    /// An index may come from a block that another request opened a moment ago, and whose own answer still waits for the
    /// beat; so every change that hands out indices waits for the newest block.
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

    /// Has the beat tell of a bundle and its lists before they leave.
    func coverBeat(of export: BundleExport, version: UInt64, issuedAt: UInt64) async throws(OperationError) {
        var step = Beat.Step(commitCount: commitCount, bundleVersion: version)
        for name in export.statusListNames { step.lists[name] = issuedAt }
        try await beat.reach(step)
    }

    /// Has the beat tell of status lists before they leave.
    func coverBeat(ofLists names: [String], issuedAt: UInt64) async throws(OperationError) {
        let lists = Dictionary(names.map { ($0, issuedAt) }, uniquingKeysWith: max)
        try await beat.reach(Beat.Step(commitCount: commitCount, lists: lists))
    }

    /// The newest checkpoint, once the beat tells of it.
    ///
    /// - Returns: nil where nothing is published, or what is published is below the checkpoint that the log must reach.
    /// - Throws: `beat_unwritable`; `log_unreadable` for a checkpoint that is missing or cannot be read.
    func leavingCheckpoint() async throws -> [UInt8]? {
        guard try !database.read({ [log] in try log.store.isBehind(in: $0) }),
            let found = try log.publishedCheckpoint()
        else { return nil }
        let point = Beat.LogPoint(size: found.checkpoint.size, root: found.checkpoint.root)
        try await beat.reach(Beat.Step(commitCount: 0, checkpoint: point))
        return found.bytes
    }

    /// Groups of writes that are on disk.
    var commitCount: UInt64 { database.committedPosition?.commitCount ?? 0 }
}
