extension IssuingService {
    /// The pause between two looks at whether something was revoked.
    private static let publishInterval = Duration.milliseconds(250)
    /// The longest time between two comparisons of the whole tree with the registry: lists and bundle age meanwhile.
    private static let publishLooksMax = 120
    /// The looks that are left out after a first failure, and at most: 1 second and 32 seconds.
    private static let backoffLooks = (first: 4, max: 128)

    /// Keeps the tree of the setting `publish` up to date until the task is cancelled; returns at once without one.
    ///
    /// A revocation is published at the next look, or at the last one. After a failure the looks become rarer, since a folder that cannot be
    /// written stays so for a while.
    ///
    /// - Parameters:
    ///   - uid: the daemon's user, for the audit trail of new bundles.
    ///   - nowMilliseconds: the clock.
    ///   - report: receives an error when it first occurs, and not while it lasts.
    package func publishContinually(
        as uid: UInt32, nowMilliseconds: @Sendable () -> UInt64, report: (OperationError) -> Void
    ) async {
        guard let path = settings.publish else { return }
        var reported: OperationError?
        var (wait, backoff) = (0, 0)
        var published: UInt64?
        while true {
            // The last look is after the last request was answered.
            let isLast = Task.isCancelled
            if wait == 0 || backoff == 0 && isPublicationDue(after: published) {
                // Before the registry is read: a later commit is then published at a later look.
                let commitCount = commitCount
                do throws(OperationError) {
                    let caller = Caller(uid: uid, grants: .everything, nowMilliseconds: nowMilliseconds())
                    _ = try await publish(to: path, by: caller)
                    treeHealth.noteSuccess(at: caller.now)
                    (published, reported, backoff, wait) = (commitCount, nil, 0, Self.publishLooksMax)
                } catch {
                    treeHealth.note(error)
                    if error != reported { report(error) }
                    reported = error
                    backoff = min(max(backoff * 2, Self.backoffLooks.first), Self.backoffLooks.max)
                    wait = backoff
                }
            }
            if isLast { return }
            wait -= 1
            try? await Task.sleep(for: Self.publishInterval)
        }
    }

    /// Whether a list's bits or keys may have changed since the registry had this count of commits.
    private func isPublicationDue(after published: UInt64?) -> Bool {
        guard let published else { return true }
        return keptLists.changeCommitCount > published
    }
}
