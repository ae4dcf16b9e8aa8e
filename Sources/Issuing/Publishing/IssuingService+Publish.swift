import Credential
import Gate
import Signing

/// What a publication has done.
package struct Publication: Sendable, Equatable {
    /// The files that were replaced, in the order of their replacement.
    package var written: [String] = []
    /// The lists that were removed, since the bundle names them no more.
    package var removed: [String] = []
    /// The version of the published bundle.
    package var version: UInt64 = 0
    /// The revocations in the hot list.
    package var hotCount = 0
}

extension IssuingService {
    /// The age at which full lists are made anew: gates fetch them hourly.
    static let publishedListSecondsMax: UInt64 = 3600
    /// The age at which a hot list is made anew although nothing was revoked, so that gates know that it is no old one.
    static let hotListSecondsMax: UInt64 = 300
    /// The age at which a hot list's base moves: the shortest age that a shipped scene takes of a full list.
    static let hotListBaseSecondsMax: UInt64 = 86_400

    /// Brings a published tree up to date, and leaves what has not changed.
    ///
    /// At every instant a reader finds whole files, and a bundle whose lists and keys fit: lists that the published bundle
    /// does not name come first; then, if the published bundle does not know the status key yet, the new bundle; then a hot
    /// list with its old base, the other lists, a hot list with a new base, and otherwise the bundle; lists that the
    /// bundle no longer names go last.
    ///
    /// - Parameters:
    ///   - path: the tree's folder.
    ///   - caller: the user who publishes, and the time.
    /// - Returns: what was replaced.
    /// - Throws: `output_unwritable`, `output_busy`, `root_differs`, `tree_newer`, or the error of a key or the registry.
    package func publish(to path: String, by caller: Caller) async throws(OperationError) -> Publication {
        do {
            let time = try signingClock.time(at: caller.nowMilliseconds)
            let tree = try PublishedTree(path, reader: treeReader)
            let (content, view) = (tree.content(), try registryView(at: time.seconds))
            try view.check(content, at: time.seconds)
            var publication = Publication()
            if try tree.writeRoot(keys.root.pem()) { publication.written.append(BundleExport.rootName) }
            if try tree.copyRoots(from: "\(state.path)/\(PublishedTree.rootsName)") {
                publication.written.append(PublishedTree.rootsName)
            }
            let draft = TreeDraft(service: self, view: view, content: content, time: time)
            let plan = try await draft.plan(for: caller)
            for step in plan.steps where try tree.write(step.bytes, to: step.path) {
                publication.written.append(step.path)
            }
            for name in content.listNames.subtracting(plan.listNames).sorted() {
                try tree.removeList(name)
                publication.removed.append(name)
            }
            (publication.version, publication.hotCount) = (plan.version, plan.hotCount)
            return publication
        } catch {
            throw OperationError(any: error)
        }
    }
}
