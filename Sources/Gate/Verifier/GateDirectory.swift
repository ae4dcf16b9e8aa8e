import Credential
import Glibc
package import Platform
import Signing

/// One generation of a bundle's folder: confirmed by the pinned root, and not older than the newest seen.
package struct GateDirectory: Sendable {
    /// The default name of the gate's state folder, inside the bundle's folder.
    package static let stateFolder = "state"

    package let bundle: GateBundle
    /// The gate's state folder: newest bundle and list times, unpacked status lists, replay store.
    package let statePath: String
    /// Whether the root key would be exchanged together with the bundle's folder, unnoticed.
    let isRootUnpinned: Bool
    /// The key that signed the bundle, with its root document; nil where the first root signed it.
    let warrant: BundleWarrant?
    private(set) var epochKeys: GateEpochKeys
    let statusLists: StatusStore
    let trust: TrustList
    let path: String
    let isTimeGiven: Bool
    /// Whether the disk has each accepted showing before its verdict is given.
    private let isSynced: Bool
    let root: VerificationKey
    private let rootSource: RootSource
    private let users: TrustedUsers
    let memory: GateMemory
    let bundleFile: BundleFile
    /// The root documents, the hot list and the sealed keys, which may be replaced without the bundle.
    private let files: GenerationFiles

    /// Opens a folder; its root and bundle are not remembered yet.
    ///
    /// - Parameters:
    ///   - path: the folder.
    ///   - root: where the root key comes from.
    ///   - state: the gate's state folder; nil for `state` in the folder.
    ///   - users: the users who may write the folder.
    ///   - isTimeGiven: whether time is given instead of read from the clock, so that the state is not advanced.
    ///   - isSynced: whether the disk has each accepted showing before its verdict is given.
    /// - Throws: `bundle_unreadable`, `bad_signature`, `root_differs`, `bundle_rollback`, `roots_invalid`,
    ///   `root_threshold_missing`, `bundle_expired`.
    package init(
        path: String, root: RootSource = .folder, state: String? = nil, users: TrustedUsers = .own,
        isTimeGiven: Bool = false, isSynced: Bool = false
    ) throws(BundleError) {
        try self.init(
            path: path, root: root, statePath: state ?? Self.statePath(in: path), users: users,
            isTimeGiven: isTimeGiven, isSynced: isSynced)
    }

    /// The default path of the gate's state folder.
    package static func statePath(in folder: String) -> String { "\(folder)/\(stateFolder)" }

    /// Opens the generation that is in the same folder now, with the same root key; does not remember its bundle.
    ///
    /// - Parameter former: the earlier generation.
    /// - Throws: as ``init(path:root:state:users:)``.
    init(after former: GateDirectory) throws(BundleError) {
        try self.init(
            path: former.path, root: former.rootSource, statePath: former.statePath, users: former.users,
            isTimeGiven: former.isTimeGiven, isSynced: former.isSynced, after: former)
    }

    /// Opens a fetched generation that the folder does not use yet; does not remember its bundle.
    ///
    /// - Parameters:
    ///   - contents: the generation's own folder.
    ///   - path: the bundle's folder.
    ///   - former: the generation that the folder uses; it counts even if the state does not know it.
    ///   - root: where the root key comes from.
    ///   - state: the gate's state folder.
    ///   - users: the users who may write the folder.
    ///   - isTimeGiven: whether time is given instead of read from the clock, so that the state is not advanced.
    /// - Throws: as ``init(path:root:state:users:isTimeGiven:)``.
    init(
        fetched contents: String, for path: String, after former: GateDirectory?, root: RootSource, state: String?,
        users: TrustedUsers, isTimeGiven: Bool
    ) throws(BundleError) {
        try self.init(
            path: path, contents: contents, root: root, statePath: state ?? Self.statePath(in: path), users: users,
            isTimeGiven: isTimeGiven, after: former)
    }

    private init(
        path: String, contents: String? = nil, root source: RootSource, statePath: String, users: TrustedUsers,
        isTimeGiven: Bool, isSynced: Bool = false, after former: GateDirectory? = nil
    ) throws(BundleError) {
        try GateFile.check(path, users)
        let contents = if let contents { contents } else { try CurrentGeneration.path(in: path, users: users) }
        let root = try source.key(in: contents, users: users)
        let rootDigest = RootSource.digest(of: root)
        if let former, former.root.spki != root.spki {
            throw .rootDiffers(from: RootSource.digest(of: former.root), found: rootDigest)
        }
        let own = Result { () throws(BundleError) in try GateKeys(in: statePath) }
        let sealedPath = (try? own.get()).map { SealedEpochKeys.path(of: $0.gate) }
        files = GenerationFiles(
            ["\(contents)/\(RootChain.name)", "\(contents)/\(BundleExport.hotListPath)"]
                + (sealedPath.map { ["\(contents)/\($0)", "\(path)/\($0)"] } ?? []))
        let (bytes, file) = try BundleFile.read(in: contents, for: path, of: users)
        // An export writes the bundle last: a chain that is read after a bundle is not older than the bundle.
        let chain = try RootChain(in: contents, root: root, users: users)
        let authority = BundleAuthority(chain, root: root)
        (bundle, warrant) = try GateBundle.signed(bytes[...], by: authority)
        try GateFile.check(statePath, users)
        try GateFile.makeFolder(statePath)
        memory = try GateMemory(folder: statePath, isTimeGiven: isTimeGiven, after: former?.memory)
        try memory.pin(root: rootDigest)
        try memory.follow(
            chain.map(FollowedRoots.init), bundleKey: warrant.map { RootSource.digest(of: $0.bundleKey.key) })
        try memory.check(version: bundle.version, digest: file.digest)
        epochKeys = try GateEpochKeys(
            in: [contents, path], users: users, own: own, authority: authority, newestTime: memory.keysTime)
        trust = TrustList(bundle.issuers)
        statusLists = StatusStore(
            folder: contents, users: users, statePath: statePath, bundle: bundle, trust: trust, memory: memory,
            after: former?.statusLists)
        (self.path, self.root, self.statePath, bundleFile) = (path, root, statePath, file)
        (rootSource, self.users) = (source, users)
        (self.isTimeGiven, self.isSynced) = (isTimeGiven, isSynced)
        isRootUnpinned = source.isUnpinned(in: path, state: statePath)
    }

    /// Whether the folder still holds the same bundle, root documents, hot list and sealed keys.
    var isUnchanged: Bool { bundleFile.isUnchanged && files.isUnchanged }

    /// The files by which another generation is told from this one, as they are now.
    var identities: Identities {
        Identities(bundle: FileIdentity(path: bundleFile.path), others: files.now)
    }

    /// The identities of a generation's files.
    struct Identities: Equatable, Sendable {
        fileprivate let bundle: FileIdentity?
        fileprivate let others: GenerationFiles.Identities
    }

    /// Takes the former generation's epoch keys where the folder's sealed ones are refused.
    mutating func keepEpochKeys(of former: GateDirectory, at now: UInt64, skewSeconds: UInt64) {
        epochKeys = epochKeys.orFormer(former.epochKeys, at: now, skewSeconds: skewSeconds)
    }

    /// Remembers the bundle with its root document, the hot list if it was read, and the times of its opened lists.
    ///
    /// It remembers nothing if the bundle or the document is dated ahead, or the document or its key has ended.
    ///
    /// - Parameters:
    ///   - listTimes: the `iat` of opened lists by name.
    ///   - now: seconds since 1970-01-01T00:00:00Z.
    ///   - skewSeconds: the gate's clock skew.
    /// - Returns: false if nothing was remembered.
    /// - Throws: `bundle_rollback`, `bundle_unreadable`.
    @discardableResult
    package func remember(
        listTimes: [String: UInt64] = [:], at now: UInt64, skewSeconds: UInt64
    ) throws(BundleError) -> Bool {
        guard (try? checkTime(at: now, skewSeconds: skewSeconds)) != nil else { return false }
        try memory.remember(
            version: bundle.version, digest: bundleFile.digest, signedTime: bundle.signedTime,
            listNames: Set(bundle.statusLists.map(\.name) + [HotListToken.name]), times: listTimes)
        try statusLists.rememberHotList(at: now, skewSeconds: skewSeconds)
        if let time = epochKeys.issuedAt(at: now, skewSeconds: skewSeconds) {
            try memory.remember(keysTime: time)
            if !isTimeGiven { try settleReceivingKeys() }
        }
        return true
    }

    /// Destroys a receiving key that nothing needs any more, now that newer keys are remembered.
    private func settleReceivingKeys() throws(BundleError) {
        if epochKeys.isForNextKey { return try GateKeys.useNextReceivingKey(in: statePath) }
        try GateKeys.destroyFormerReceivingKey(in: statePath)
    }

    /// Refuses a bundle or root document that is dated ahead, and a document or bundle key that has ended.
    ///
    /// Throws `clock_before_bundle`, `bundle_expired`.
    func checkTime(at now: UInt64, skewSeconds: UInt64) throws(BundleError) {
        try bundle.checkNotAhead(of: now, skewSeconds: skewSeconds)
        try warrant?.checkNotAhead(of: now, skewSeconds: skewSeconds)
        try warrant?.check(at: now)
    }

    /// Opens the gate's replay store, or makes it at the gate's first start.
    ///
    /// - Parameters:
    ///   - path: the file; nil for the one in the state folder.
    ///   - scene: the gate's scene.
    /// - Returns: the store.
    /// - Throws: `bundle_unreadable`, also if the store that this gate used before is gone or was exchanged.
    package func replayStore(_ path: String?, scene: Scene) throws(BundleError) -> ReplayStore {
        let path = path ?? GateState.replayPath(in: statePath)
        let name = GateState.replayStoreName(path, in: statePath)
        let store = try ReplayStore(
            path: path, expecting: memory.replayStore(name), isTimeGiven: isTimeGiven, isSynced: isSynced)
        try store.serve(scene: scene.name)
        try memory.remember(replayStore: name, identifier: store.identifier)
        return store
    }

    /// Refuses a generation whose bundle names a domain without an epoch key in the folder.
    ///
    /// Throws `bundle_unreadable`.
    func checkEpochKeys(at now: UInt64, skewSeconds: UInt64) throws(BundleError) {
        // Refused sealed keys are told by every verdict; a bundle with newer revocations is taken all the same.
        guard epochKeys.refusal(at: now, skewSeconds: skewSeconds) == nil else { return }
        let keys = epochKeys.keys(at: now, skewSeconds: skewSeconds)
        for domain in bundle.domains where keys?.entries.contains(where: { $0.domain == domain }) != true {
            throw .malformed("the epoch key for \(domain.rawValue) of bundle \(bundle.version) is missing")
        }
    }

    /// The scenes of a bundle, which the root confirms; the gate's memory is neither read nor changed.
    ///
    /// - Parameters:
    ///   - path: the bundle's folder.
    ///   - root: where the root key comes from.
    ///   - users: the users who may write the folder.
    /// - Returns: the scenes' names.
    /// - Throws: `bundle_unreadable`, `bad_signature`, `root_differs`, `roots_invalid`, `root_threshold_missing`.
    package static func sceneNames(
        in path: String, root: RootSource, users: TrustedUsers = .own
    ) throws(BundleError) -> Set<String> {
        try GateFile.check(path, users)
        let contents = try CurrentGeneration.path(in: path, users: users)
        let key = try root.key(in: contents, users: users)
        let bytes = try BundleFile.read(in: contents, for: path, of: users).bytes
        let authority = BundleAuthority(try RootChain(in: contents, root: key, users: users), root: key)
        return Set(try GateBundle.signed(bytes[...], by: authority).bundle.scenes.map(\.name))
    }
}
