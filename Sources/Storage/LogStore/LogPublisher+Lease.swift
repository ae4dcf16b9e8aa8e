import TraceLog

/// Of several daemons that share a log, the holder of the lease publishes it; the others check it and follow.
extension LogPublisher {
    /// Takes up the present term of the lease; after a change of the holder the published tree is read anew.
    ///
    /// - Returns: whether this daemon publishes.
    private func enterTerm() -> Bool {
        guard let next = LeasedStore(log.registry) else {
            isStale = true
            return false
        }
        guard isStale || next.term != held.term else { return true }
        (published, checkpointBytes, newestListIndex, isChecked, isStale) = (TileAccumulator(), nil, nil, false, false)
        held = next
        store = log.over(next)
        if next.term != nil {
            register = SharedCheckpointRegister(log: log.name, store: next, copy: copy, faults: log.faults)
        }
        return true
    }

    /// Runs a step of publishing in the present term of the lease.
    ///
    /// A publisher that was paused finds files and a checkpoint that it does not know. Such an error says nothing about
    /// the log; so it is dropped once the database confirms that the term is over.
    ///
    /// - Returns: nil while another daemon publishes.
    func inTerm<Value>(_ body: () async throws -> Value) async throws -> Value? {
        guard enterTerm() else { return nil }
        let held = held
        do {
            return try await body()
        } catch {
            guard held.term != nil else { throw error }
            isStale = true
            if try held.isOver(after: error) { return nil }
            throw error
        }
    }

    /// Checks the entries against the published checkpoint while another daemon may publish, and changes nothing.
    ///
    /// - Parameter thoroughly: checks every published file, and not just the newest.
    /// - Returns: the tree of the checkpoint; nil before the first one.
    /// - Throws: the errors of ``recover(thoroughly:)``.
    @discardableResult
    func checkAsFollower(thoroughly: Bool) throws -> TileAccumulator? {
        store = log.over(LeasedStore(reading: log.registry))
        _ = try store.checkAgainstFloor()
        while true {
            let found = try PublishedCheckpoint.read(from: copy, tiles, of: store, key: noteKey)
            do {
                return try found.map { try tree(of: $0.checkpoint, thoroughly: thoroughly) }
            } catch {
                // The publisher removes files that its newer checkpoint needs no more.
                guard try copy.head() != found?.bytes else { throw error }
            }
        }
    }

    /// Asks idle witnesses for the newest checkpoint, and publishes it again with the cosignatures that came late.
    ///
    /// - Throws: `log_inconsistent`, `log_unreadable`, `log_unwritable`.
    package func addLateCosignatures() async throws {
        guard let cosigners, let bytes = checkpointBytes, !isStale, LeasedStore(log.registry)?.term == held.term
        else { return }
        let note = try SignedNote(bytes: bytes)
        // While a newer checkpoint waits for its cosignatures, nobody is asked for the older one.
        if !isPublishing { cosigners.look(at: note) }
        // A failure over a shared register would leave the newer one without what it replaces.
        guard held.term == nil || !isPublishing, let merged = cosigners.merged(into: note) else { return }
        _ = try await inTerm { try replaceCheckpoint(with: merged, announce: {}) }
    }
}
