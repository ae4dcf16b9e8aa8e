import Encoding

/// The newest signed material that a gate has seen: its root key, the newest root document, bundle and list times.
///
/// Encoded as a deterministic CBOR map `{root, version, digest, lists: {name: iat}, time, sealed, roots: [version, digest],
/// keys: {key: {version, digest, lists, time, sealed}}, replay: [[name, identifier]…]}`. The outer version and times were learnt
/// under the first root itself, those in `keys` under a bundle key. `root` and `digest` are absent if they are unknown,
/// as after an upgrade from a previous software version; the rest is absent until it is known.
struct SeenMaterial: Equatable, Sendable {
    /// The most bytes of the file: the names and times of as many lists as a bundle may name, for the first root and
    /// each bundle key.
    static let byteCountMax = (1 + RootDocument.bundleKeyCountMax) * GateBundle.statusListCountMax * 256
    /// The most replay stores that are remembered: the last ones used.
    static let replayStoreCountMax = 16
    private static let depthMax = 6

    /// A replay store that the gate has used.
    struct KnownReplayStore: Equatable {
        let name: String
        let identifier: [UInt8]
    }

    /// The pinned root: SHA-256 of its SPKI; nil before the first use.
    private(set) var rootDigest: [UInt8]?
    /// The newest root document that the gate has taken; nil before the first one.
    private(set) var roots: FollowedRoots.Newest?
    /// What the first root itself has signed.
    private var learntFromRoot = LearntMaterial()
    /// What each bundle key has signed, by SHA-256 of its SPKI.
    private var learntFromKeys: [[UInt8]: LearntMaterial] = [:]
    /// The replay stores that the gate has used; the last ones at the end.
    private(set) var replayStores: [KnownReplayStore] = []

    init() {}

    /// Takes the state of the previous software version, which kept the bundle's version alone.
    init(version: UInt64) { learntFromRoot = LearntMaterial(version: version) }

    /// Reads the bytes of ``encoded()``; nil for any other bytes.
    init?(_ bytes: [UInt8]) {
        let item = try? CBORItem.decode(
            bytes[...], rules: .deterministic, byteCountMax: Self.byteCountMax, depthMax: Self.depthMax)
        guard let fields = item?.map, let learnt = LearntMaterial(fields) else { return nil }
        learntFromRoot = learnt
        if let root = fields[text: "root"] {
            guard let bytes = root.byteString, bytes.count == 32 else { return nil }
            rootDigest = bytes
        }
        if let field = fields[text: "roots"] {
            guard let newest = FollowedRoots.Newest(field) else { return nil }
            roots = newest
        }
        if let field = fields[text: "keys"] {
            guard let keys = field.map else { return nil }
            for entry in keys.entries {
                guard let key = entry.key.byteString, key.count == 32,
                    let learnt = entry.value.map.flatMap(LearntMaterial.init)
                else { return nil }
                learntFromKeys[key] = learnt
            }
        }
        guard let field = fields[text: "replay"] else { return }
        guard let stores = field.array else { return nil }
        for store in stores {
            guard let parts = store.array, parts.count == 2, let name = parts[0].text,
                let identifier = parts[1].byteString
            else { return nil }
            replayStores.append(KnownReplayStore(name: name, identifier: identifier))
        }
    }

    func encoded() -> [UInt8] {
        var fields = learntFromRoot.fields
        if let rootDigest { fields.append(("root", .byteString(rootDigest))) }
        if let roots { fields.append(("roots", roots.item)) }
        if !learntFromKeys.isEmpty {
            let keys = learntFromKeys.map { CBORMap.Entry(key: .byteString($0), value: .record($1.fields)) }
            fields.append(("keys", .map(CBORMap(keys))))
        }
        if !replayStores.isEmpty {
            let stores = replayStores.map { CBORItem.array([.text($0.name), .byteString($0.identifier)]) }
            fields.append(("replay", .array(stores)))
        }
        return CBORItem.record(fields).encoded()
    }

    private var learnt: [LearntMaterial] { [learntFromRoot] + learntFromKeys.values }
    private var version: UInt64 { learnt.map(\.version).max() ?? 0 }
    /// The newest `iat` of any bundle or list; 0 if none is known.
    var signedTime: UInt64 { learnt.map(\.signedTime).max() ?? 0 }

    /// The `iat` of the newest sealed epoch keys; 0 if none was seen.
    var keysTime: UInt64 { learnt.map(\.keysTime).max() ?? 0 }

    /// The newest `iat` of a list; 0 for a list that was never seen.
    func newestTime(ofList name: String) -> UInt64 { learnt.compactMap { $0.listTimes[name] }.max() ?? 0 }

    /// Whether nothing of a bundle is news.
    func holds(version: UInt64, digest: [UInt8], signedTime: UInt64, from key: [UInt8]?) -> Bool {
        let learnt = key.map { learntFromKeys[$0] } ?? learntFromRoot
        return learnt.map { $0.version == version && $0.digest == digest && $0.signedTime >= signedTime } ?? false
    }

    /// Refuses a bundle that is older than the newest seen, or has the same version but other bytes.
    ///
    /// Throws `bundle_rollback`.
    func check(version: UInt64, digest: [UInt8]) throws(BundleError) {
        guard version >= self.version else {
            throw BundleError(
                code: .rollback,
                reason: "bundle \(version) is older than bundle \(self.version), which this gate has seen",
                hint: "fetch the newest bundle")
        }
        guard learnt.allSatisfy({ $0.version < version || $0.digest == nil || $0.digest == digest }) else {
            throw BundleError(
                code: .rollback, reason: "this gate has seen another bundle \(version), with other bytes",
                hint: "fetch the newest bundle; if this is the newest, ask the issuer for one with a higher version")
        }
    }

    /// Refuses a root key other than the pinned one.
    ///
    /// Throws `root_differs`.
    func check(root digest: [UInt8]) throws(BundleError) {
        guard let rootDigest, rootDigest != digest else { return }
        throw .rootDiffers(from: rootDigest, found: digest)
    }

    /// Pins a root key that passed ``check(root:)``.
    mutating func setRoot(_ digest: [UInt8]) { rootDigest = digest }

    /// Takes a chain of root documents, and forgets what was learnt under keys that its last document drops.
    ///
    /// - Parameter chain: nil for a folder without one, which bundles of the first root alone may have.
    /// - Throws: `bundle_rollback` for an older chain, another one, or none where there was one.
    mutating func follow(_ chain: FollowedRoots?) throws(BundleError) {
        guard let chain else {
            guard let roots else { return }
            throw BundleError(
                code: .rollback,
                reason: "the folder has no \(RootChain.name), and this gate has taken root document \(roots.version)",
                hint: "fetch the newest \(RootChain.name) with its bundle")
        }
        if let roots { try chain.check(after: roots) }
        roots = chain.newest
        learntFromKeys = learntFromKeys.filter { chain.keys.contains($0.key) }
        if let rootDigest, !chain.keys.contains(rootDigest) { learntFromRoot = LearntMaterial() }
    }

    /// Takes a bundle that passed ``check(version:digest:)``; forgets the lists that a newer bundle no longer names.
    ///
    /// - Parameters:
    ///   - version: the bundle's.
    ///   - digest: SHA-256 of its bytes.
    ///   - listNames: the lists that it names.
    ///   - signedTime: the newest time that it states.
    ///   - key: the bundle key that signed it; nil for the first root.
    mutating func setBundle(
        version: UInt64, digest: [UInt8], listNames: Set<String>, signedTime: UInt64, from key: [UInt8]?
    ) {
        if version > self.version {
            learntFromRoot.forgetLists(notIn: listNames)
            for key in learntFromKeys.keys { learntFromKeys[key]?.forgetLists(notIn: listNames) }
        }
        change(key) { $0.setBundle(version: version, digest: digest, signedTime: signedTime) }
    }

    /// Takes the newer of two times for each list, as learnt under the key that signed the bundle.
    mutating func merge(_ times: [String: UInt64], from key: [UInt8]?) {
        change(key) { $0.merge(times) }
    }

    /// Takes the `iat` of sealed epoch keys, as learnt under the key that signed the bundle.
    mutating func setKeysTime(_ time: UInt64, from key: [UInt8]?) {
        change(key) { $0.setKeysTime(time) }
    }

    private mutating func change(_ key: [UInt8]?, _ body: (inout LearntMaterial) -> Void) {
        guard let key else { return body(&learntFromRoot) }
        body(&learntFromKeys[key, default: LearntMaterial()])
    }

    /// Takes the newer parts of another memory.
    mutating func merge(_ other: SeenMaterial) {
        rootDigest = rootDigest ?? other.rootDigest
        if other.roots?.version ?? 0 > roots?.version ?? 0 { roots = other.roots }
        learntFromRoot.merge(other.learntFromRoot)
        learntFromKeys.merge(other.learntFromKeys) { own, other in
            var merged = own
            merged.merge(other)
            return merged
        }
        for store in other.replayStores where !replayStores.contains(where: { $0.name == store.name }) {
            setReplayStore(store)
        }
    }

    mutating func setReplayStore(_ store: KnownReplayStore) {
        forgetReplayStore(store.name)
        replayStores.append(store)
        if replayStores.count > Self.replayStoreCountMax { replayStores.removeFirst() }
    }

    mutating func forgetReplayStore(_ name: String) {
        replayStores.removeAll { $0.name == name }
    }

    /// Forgets the times and the version that lie ahead of the clock, since the gate learnt them under a wrong one.
    mutating func forget(aheadOf now: UInt64, skewSeconds: UInt64) {
        learntFromRoot.forget(aheadOf: now, skewSeconds: skewSeconds)
        for key in learntFromKeys.keys { learntFromKeys[key]?.forget(aheadOf: now, skewSeconds: skewSeconds) }
    }
}
