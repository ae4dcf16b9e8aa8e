import Storage
import Synchronization

extension InstallationLog {
    /// Has witnesses asked for every checkpoint from now on.
    ///
    /// - Parameters:
    ///   - file: the witnesses.
    ///   - nowSeconds: the clock, in seconds since 1970-01-01T00:00:00Z.
    ///   - changed: receives each change of a witness's error.
    /// - Throws: `log_behind_witness` or `log_forked_witness` when a witness shows a checkpoint of this log's key that
    ///   the log contradicts.
    func employ(
        _ file: WitnessFile, nowSeconds: @escaping @Sendable () -> UInt64,
        changed: @escaping @Sendable (WitnessChange) -> Void
    ) async throws(OperationError) {
        let events = LogWitnesses.Events(
            cosigned: { [weak self] in Task { try? await self?.addLateCosignatures() } },
            contradicted: { [weak self] in self?.stop(OperationError($0)) }, changed: changed)
        let tree = WitnessedTree(key: key, tiles: files.servedTiles, store: store)
        let employed = LogWitnesses(file, of: tree, nowSeconds: nowSeconds, events: events)
        // The check of the log reports a checkpoint that cannot be read.
        let published = (try? publishedCheckpoint())?.checkpoint
        if let error = await employed.contradiction(published: published) { throw OperationError(error) }
        witnesses.withLock { $0 = employed }
        await publisher.employ(employed)
    }

    /// Asks idle witnesses for the newest checkpoint, and publishes cosignatures that came late.
    func addLateCosignatures() async throws(OperationError) {
        guard isReady, witnesses.withLock({ $0 }) != nil else { return }
        try await guarded { try await publisher.addLateCosignatures() }
    }
}
