import Signing
import Storage
import TraceLog

/// The log after a recovery has put the published entries back.
struct RecoveredLog {
    let restored: LogRestoration.Outcome
    /// The entries that are still missing.
    let missingEntryCount: UInt64
    /// What the entries say; nil while entries are missing.
    let survey: LogSurvey?

    /// Puts the published entries back, follows what they say, and makes the log's files again.
    ///
    /// - Parameters:
    ///   - database: the restored registry, whose floor is the published checkpoint.
    ///   - published: the published files.
    ///   - publisher: of the installation's own log folder.
    ///   - store: the log's entries.
    /// - Throws: `log_forked`, `published_log_differs`, or an error of the log or the registry.
    init(
        _ database: any RegistryStore, from published: PublishedState, by publisher: LogPublisher,
        _ store: TraceLogStore
    ) async throws {
        restored =
            if let tiles = published.log {
                try await LogRestoration(store, from: tiles, to: published.checkpoint).run()
            } else {
                LogRestoration.Outcome()
            }
        let count = try store.count()
        missingEntryCount = published.checkpoint.size > count ? published.checkpoint.size - count : 0
        guard missingEntryCount == 0 else {
            survey = nil
            return
        }
        let survey = try LogSurvey(of: store)
        try await database.write { try PublishedKeys.apply(survey, in: $0) }
        self.survey = survey
        // Without entries to import, the log's own files may be newer than the published checkpoint.
        if restored.entryCount > 0 || published.log != nil {
            try await publisher.restore(published.checkpointNote, published.checkpoint)
        }
    }
}
