import Credential
import Glibc
package import Platform
import Signing

/// Fetches the newest generation of a bundle's folder, and uses it once every part of it is valid.
///
/// The order of the steps leaves the folder usable at every instant: the files are fetched into a draft, checked as a
/// gate checks them, moved to `generations/N`, linked as `current`, and only then remembered in the gate's state.
package struct BundleSync: Sendable {
    /// The result of one fetch.
    package struct Outcome: Sendable {
        /// Whether the folder has a new generation.
        package let isUpdated: Bool
        package let bundleVersion: UInt64
        package let generation: UInt64
        /// The bytes of all answers' bodies.
        package let fetchedByteCount: Int
        /// Nil for a gate that is not enrolled.
        package let keys: SyncedKeys?
    }

    private let path: String
    private let files: PublishedFiles
    private let root: RootSource
    private let state: String?
    private let users: TrustedUsers
    private let isTimeGiven: Bool
    private let skewSeconds: UInt64

    /// - Parameters:
    ///   - path: the bundle's folder; it must exist.
    ///   - files: the published tree.
    ///   - root: where the root key comes from.
    ///   - state: the gate's state folder; nil for `state` in the folder.
    ///   - users: the users who may write the folder.
    ///   - isTimeGiven: whether time is given instead of read from the clock, so that the state is not advanced.
    ///   - skewSeconds: how far signed material may be dated ahead of the clock.
    package init(
        path: String, files: PublishedFiles, root: RootSource, state: String?, users: TrustedUsers = .own,
        isTimeGiven: Bool = false, skewSeconds: UInt64 = Scene.clockSkewSecondsDefault
    ) {
        (self.path, self.files, self.root, self.state) = (path, files, root, state)
        (self.users, self.isTimeGiven, self.skewSeconds) = (users, isTimeGiven, skewSeconds)
    }

    /// Fetches once.
    ///
    /// - Parameters:
    ///   - now: seconds since 1970-01-01T00:00:00Z.
    ///   - shallStop: asked before each file; true ends the fetch.
    /// - Returns: the outcome.
    /// - Throws: ``HTTPExchangeError``, ``SyncError``, or ``BundleError`` for material that is refused. The folder then
    ///   has the generation that it had.
    package func run(at now: UInt64, shallStop: () -> Bool = { false }) throws -> Outcome {
        let folder = try SyncFolder(path, users: users)
        let current = try? opened(at: now)
        let contents = try CurrentGeneration.path(in: path, users: users)
        let pem = try rootKey(contents)
        let draft = try GenerationDraft(in: folder.generations)
        let gate = (try? GateKeys(in: state ?? GateDirectory.statePath(in: path)))?.gate
        var fetch = GenerationFetch(files: files, former: contents, users: users)
        try fetch.run(into: draft, root: try root.key(pem: pem), gate: gate, shallStop: shallStop)
        let number = try CurrentGeneration.number(in: path)
        if !fetch.isNew, !fetch.keys.areNew, let current, let number {
            return outcome(of: fetch, current, number, at: now)
        }
        try draft.write(pem, to: BundleExport.rootName)
        try fetch.complete(draft)
        var (directory, times) = try check(draft.path, after: current, at: now)
        let refusal = fetch.keys.areNew ? directory.epochKeys.refusal(at: now, skewSeconds: skewSeconds) : nil
        if refusal != nil, let gate {
            if !fetch.isNew, let current, let number {
                return outcome(of: fetch, current, number, refusing: refusal, at: now)
            }
            try fetch.giveUpKeys(of: gate, in: draft)
            (directory, times) = try check(draft.path, after: current, at: now)
        }
        let next = try folder.nextNumber()
        try draft.finish(as: next)
        try folder.use(next)
        try directory.remember(listTimes: times, at: now, skewSeconds: skewSeconds)
        folder.removeOldGenerations()
        return outcome(of: fetch, directory, next, isUpdated: true, refusing: refusal, at: now)
    }

    private func outcome(
        of fetch: GenerationFetch, _ directory: GateDirectory, _ number: UInt64, isUpdated: Bool = false,
        refusing refusal: BundleError? = nil, at now: UInt64
    ) -> Outcome {
        let held = directory.epochKeys.refusal(at: now, skewSeconds: skewSeconds)
        return Outcome(
            isUpdated: isUpdated, bundleVersion: directory.bundle.version, generation: number,
            fetchedByteCount: fetch.fetchedByteCount,
            keys: SyncedKeys(
                fetch.keys, isMissingNews: areMissingKeysNews(to: directory), refusal: refusal ?? held,
                lastDay: held == nil ? directory.epochKeys.lastDay : nil,
                isReceivingKeyOld: GateKeys.isReceivingKeyOld(in: directory.statePath, at: now)))
    }

    /// Whether a gate without sealed keys on the server should say so: each time where it has taken some before, else once.
    private func areMissingKeysNews(to directory: GateDirectory) -> Bool {
        directory.memory.keysTime > 0 || isTimeGiven || MissingKeysNote(folder: directory.statePath).make()
    }

    /// Opens the generation that the folder has, and remembers it: nothing older may replace it.
    private func opened(at now: UInt64) throws(BundleError) -> GateDirectory {
        let directory = try GateDirectory(path: path, root: root, state: state, users: users, isTimeGiven: isTimeGiven)
        let opening = directory.statusLists.openAll(at: now, skewSeconds: skewSeconds)
        try directory.remember(listTimes: opening.times, at: now, skewSeconds: skewSeconds)
        if let refusal = opening.refusal { throw refusal }
        return directory
    }

    /// Checks every part of a fetched generation, as a running gate does before it takes one up.
    private func check(
        _ contents: String, after current: GateDirectory?, at now: UInt64
    ) throws(BundleError) -> (directory: GateDirectory, listTimes: [String: UInt64]) {
        let directory = try GateDirectory(
            fetched: contents, for: path, after: current, root: root, state: state, users: users,
            isTimeGiven: isTimeGiven)
        try directory.checkTime(at: now, skewSeconds: skewSeconds)
        let opening = directory.statusLists.openAll(at: now, skewSeconds: skewSeconds)
        if let refusal = opening.refusal { throw refusal }
        return (directory, opening.times)
    }

    /// The first root's public key, which stays in the folder; the server's is taken only where `--root` names it.
    private func rootKey(_ contents: String) throws -> [UInt8] {
        let byteCountMax = RootSource.pemByteCountMax
        if case .file(let file) = root { return try GateFile.read(file, of: users, byteCountMax: byteCountMax) }
        let known = "\(contents)/\(BundleExport.rootName)"
        if unsafe access(known, F_OK) == 0 {
            return try GateFile.read(known, of: users, byteCountMax: byteCountMax)
        }
        guard case .digest = root else {
            throw SyncError(
                .rootMissing, "\(path) has no \(BundleExport.rootName), so nothing could check the first bundle",
                hint: "name the issuer's root with --root FILE|DIGEST; `suishen root show` prints its digest")
        }
        switch try files.fetch(BundleExport.rootName, byteCountMax: byteCountMax, unless: nil) {
        case .fetched(let bytes, _): return bytes
        case .missing, .unchanged: throw PublishedFiles.missing(BundleExport.rootName, "no such file")
        }
    }
}
