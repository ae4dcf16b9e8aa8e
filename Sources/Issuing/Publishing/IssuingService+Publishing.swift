import Storage

extension IssuingService {
    /// The pause between two looks at whether something was revoked.
    private static let publishInterval = Duration.milliseconds(250)
    /// The longest time between two comparisons of the whole tree with the registry: lists and bundle age meanwhile.
    private static let publishLooksMax = 120

    /// Keeps the tree of the setting `publish` up to date until the task is cancelled; returns at once without one.
    ///
    /// A revocation is published at the next look, or at the last one. After a failure the looks become rarer, since a
    /// folder that cannot be written stays so for a while. Sealed keys get one step at each look, after what is revoked.
    /// Of several daemons, the holder of the lease does it.
    ///
    /// - Parameters:
    ///   - uid: the daemon's user, for the audit trail of new bundles.
    ///   - nowMilliseconds: the clock.
    ///   - report: receives an error when it first occurs, and not while it lasts.
    package func publishContinually(
        as uid: UInt32, nowMilliseconds: @Sendable () -> UInt64, report: (OperationError) -> Void
    ) async {
        guard let path = settings.publish else { return }
        var (tree, keys) = (PublishingTurns(), PublishingTurns())
        var upkeep = KeysUpkeep()
        var published: UInt64?
        while true {
            // The last look is after the last request was answered.
            let isLast = Task.isCancelled
            let caller = Caller(uid: uid, grants: .everything, nowMilliseconds: nowMilliseconds())
            let isHolder = isHolder
            if !isHolder { published = nil }
            // Before the registry is read: a later commit is then published at a later look.
            let seen = isHolder ? knownPosition() : nil
            if isHolder, tree.isDue || !tree.isFailing && isPublicationDue(after: published) {
                let commitCount = seen?.commitCount ?? 0
                do throws(OperationError) {
                    _ = try await publish(to: path, by: caller)
                    treeHealth.noteSuccess(at: caller.now)
                    published = commitCount
                    tree.succeed(restingFor: Self.publishLooksMax)
                } catch {
                    treeHealth.note(error)
                    // What keeps the sealed keys from being written as well is told once.
                    if tree.fail(error), error != keys.error { report(error) }
                }
            }
            let areKeysDue =
                isHolder
                && (keys.isDue
                    || !keys.isFailing && upkeep.isUnderWay(changeCount: gateChangeCount, at: caller.now))
            if areKeysDue, !tree.isFailing {
                do throws(OperationError) {
                    try await upkeep.step(self, to: path, by: caller)
                    treeHealth.noteKeys(nil)
                    keys.succeed(restingFor: Self.publishLooksMax)
                } catch {
                    treeHealth.noteKeys(error)
                    if keys.fail(error) { report(error) }
                }
            }
            if isLast { return }
            tree.rest()
            keys.rest()
            try? await Task.sleep(for: Self.publishInterval)
        }
    }

    /// Whether a list's bits or keys may have changed since the registry had this count of commits.
    private func isPublicationDue(after published: UInt64?) -> Bool {
        guard let published else { return true }
        return keptLists.changeCommitCount > published
    }
}
