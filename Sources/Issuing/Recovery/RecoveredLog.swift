import Storage
import TraceLog

/// A log after a recovery has put the published entries back.
struct RecoveredLog {
    let name: LogName
    let restored: LogRestoration.Outcome
    /// The entries that are still missing.
    let missingEntryCount: UInt64
    /// What the entries say; nil while entries are missing.
    let survey: LogSurvey?

    /// Puts the published entries back, follows what they say, and makes the log's files again.
    ///
    /// - Parameters:
    ///   - published: the published log.
    ///   - store: the log's entries, whose floor is the published checkpoint.
    ///   - publisher: of the log's own folder.
    ///   - database: the restored registry.
    /// - Throws: `log_forked`, `published_log_differs`, or an error of the log or the registry.
    init(
        _ published: PublishedLog, into store: TraceLogStore, by publisher: LogPublisher, _ database: any RegistryStore
    ) async throws {
        name = published.name
        restored =
            if let tiles = published.tiles {
                try await LogRestoration(store, from: tiles, to: published.checkpoint).run()
            } else {
                LogRestoration.Outcome()
            }
        let count = try store.count()
        let wanted = max(published.checkpoint.size, try store.floor()?.size ?? 0)
        missingEntryCount = wanted > count ? wanted - count : 0
        guard missingEntryCount == 0 else {
            survey = nil
            return
        }
        let survey = try LogSurvey(of: store)
        if name == .trace { try await database.write { try PublishedKeys.apply(survey, in: $0) } }
        self.survey = survey
        // Without its files, the published log cannot be told from one that another history continues.
        if published.tiles != nil { try await publisher.restore(published.note, published.checkpoint) }
    }
}
