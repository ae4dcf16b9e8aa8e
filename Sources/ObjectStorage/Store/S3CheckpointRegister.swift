package import Storage
import Synchronization
import TraceLog

/// The newest checkpoint of one log, an object that is replaced under its own tag (`If-Match`).
///
/// Two writers can both announce a checkpoint; only one of them replaces it.
package final class S3CheckpointRegister: CheckpointRegister {
    private let client: S3Client
    private let probe: S3Probe
    private let key: String
    private let newest: S3NewestCheckpoint
    /// Lets one writer of this process in at a time.
    private let turn = Mutex(())

    /// - Parameters:
    ///   - client: the bucket.
    ///   - folder: the log's folder below the bucket's prefix.
    ///   - probe: tries the service before the first question.
    package init(_ client: S3Client, folder: String, probe: S3Probe) {
        self.client = client
        self.probe = probe
        key = client.place.inside(folder) + PublishedCheckpoint.name
        newest = S3NewestCheckpoint()
    }

    package func head() throws(LogError) -> [UInt8]? {
        try probe.check()
        return try present()?.bytes
    }

    package func replace(
        expecting expected: [UInt8]?, with bytes: [UInt8], announce: () throws -> Void
    ) throws -> CheckpointReplacement {
        try probe.check()
        return try turn.withLock { _ in
            let before = try present()
            guard before?.bytes == expected else { return .refused(present: before?.bytes) }
            try announce()
            let condition = before.map { S3Condition.matching($0.entityTag) } ?? .absent
            let outcome = try client.write(bytes, to: key, if: condition, as: .checkpoint, isSettled: false)
            if case .refused(let isUnsure) = outcome {
                // A write whose answer was lost is settled by the bytes that are there.
                let after = try present()?.bytes
                guard isUnsure, after == bytes else { return .refused(present: after) }
            }
            newest.keep(bytes)
            return .replaced
        }
    }

    /// A copy of the newest checkpoint for readers, at most a moment old.
    ///
    /// - Returns: never a lower one than was returned before.
    /// - Throws: the errors of ``head()``, while no copy is there.
    func copy() throws(LogError) -> [UInt8]? {
        if let young = newest.young { return young }
        do throws(LogError) {
            return try present().map { newest.keep($0.bytes) }
        } catch {
            // The service is silent for a while; the copy is what this process knows.
            guard error.code == .tilesSilent, let old = newest.any else { throw error }
            return old
        }
    }

    /// Deletes the checkpoint of a log whose installation could not be made.
    ///
    /// A failure is not reported.
    package func withdraw() {
        try? client.delete(key)
    }

    private func present() throws(LogError) -> S3Object? {
        try client.read(key, byteCountMax: SignedNote.byteCountMax)
    }
}
