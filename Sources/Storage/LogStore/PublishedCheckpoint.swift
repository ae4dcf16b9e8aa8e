package import TraceLog

/// The newest checkpoint of a published log.
package struct PublishedCheckpoint: Sendable {
    /// The checkpoint's path in the published log.
    package static let name = "checkpoint"

    package let bytes: [UInt8]
    package let checkpoint: Checkpoint

    /// Reads the checkpoint of a log.
    ///
    /// - Parameters:
    ///   - register: the published checkpoint.
    ///   - tiles: the log's other published files.
    ///   - store: the log's entries, which show whether there must be a checkpoint.
    ///   - key: the log's name and key.
    /// - Returns: nil when no checkpoint was ever published.
    /// - Throws: `log_unreadable` for a checkpoint that is missing, cannot be read, or belongs to another log.
    package static func read(
        from register: any CheckpointRegister, _ tiles: any TileStore, of store: TraceLogStore, key: NoteKey
    ) throws -> PublishedCheckpoint? {
        guard let bytes = try register.head() else {
            guard try !store.wasPublished(in: tiles) else { throw LogError.missing(name) }
            return nil
        }
        guard let note = try? SignedNote(bytes: bytes), let checkpoint = try? Checkpoint(text: note.text) else {
            throw LogError.unreadable("the published checkpoint is cut short or is not a signed checkpoint")
        }
        guard checkpoint.origin == key.name else {
            throw LogError.unreadable(
                "the published checkpoint is of the log \(checkpoint.origin), and the settings name the log \(key.name)"
            )
        }
        guard note.isSigned(by: key) else {
            throw LogError.unreadable("the published checkpoint is not signed by this log's key")
        }
        return PublishedCheckpoint(bytes: bytes, checkpoint: checkpoint)
    }
}

extension LogError {
    /// The error for a published file that is missing or cannot be read.
    static func unreadable(_ reason: String) -> LogError {
        LogError(
            code: .logUnreadable, reason: reason,
            hint: "restore the file's owner and mode, or copy it back from a backup or a mirror of the log "
                + "(auditors and witnesses keep checkpoints), then start again")
    }

    static func missing(_ name: String) -> LogError {
        .unreadable("\(name) of the published log is missing")
    }

    /// The error for a file that was written before with other bytes.
    package static func occupied(_ name: String) -> LogError {
        LogError(
            code: .logInconsistent,
            reason: "\(name) of the published log has other bytes than the entries, and no checkpoint covers it",
            hint: "find out whether entries were lost after it was written; put them back, or remove the file, "
                + "then start again")
    }
}

extension TraceLogStore {
    /// Whether a checkpoint of this log was ever published.
    ///
    /// A registry of an earlier version has no record of it. Then an entry, a floor or a published tile shows it,
    /// because the log took no event before its first checkpoint was published.
    func wasPublished(in tiles: any TileStore) throws -> Bool {
        let isKnown = try registry.read { snapshot in
            let log = snapshot.snapshot(of: name)
            return try isPublicationRecorded(snapshot) || log.newestEntry() != nil || log.newestHeadIndex() != nil
                || log.logFloor() != nil
        }
        return try isKnown || !tiles.list("tile").isEmpty || !tiles.list(HeadsList.topFolder).isEmpty
    }

    /// Records in the registry that a checkpoint was published, unless that is recorded already.
    func recordPublication() async throws {
        guard try registry.read({ try !isPublicationRecorded($0) }) else { return }
        try await registry.write { [name] in try Self.recordPublication(of: name, $0) }
    }

    /// Like ``recordPublication()``, in an open transaction.
    package static func recordPublication(of log: LogName, _ transaction: any RegistryTransaction) throws {
        try transaction.raiseCounter(log.publicationCounter, to: 1)
    }

    private func isPublicationRecorded(_ snapshot: any RegistrySnapshot) throws -> Bool {
        try snapshot.counter(name.publicationCounter) ?? 0 > 0
    }
}
