import Encoding

/// The newest signed material that a gate has seen: its root key, the newest bundle, and the newest time of each list.
///
/// Encoded as a deterministic CBOR map `{root, version, digest, lists: {name: iat}, time, replay: [[name,
/// identifier]…]}`; `root` and `digest` are absent if they are unknown, as after an upgrade from a previous software
/// version. `time` and `replay` are absent until they are known.
struct SeenMaterial: Equatable, Sendable {
    /// The most bytes of the file: the names and times of as many lists as a bundle may name.
    static let byteCountMax = GateBundle.statusListCountMax * 256
    /// The most replay stores that are remembered: the last ones used.
    static let replayStoreCountMax = 16

    /// A replay store that the gate has used.
    struct KnownReplayStore: Equatable {
        let name: String
        let identifier: [UInt8]
    }

    /// The pinned root: SHA-256 of its SPKI; nil before the first use.
    private(set) var rootDigest: [UInt8]?
    private(set) var version: UInt64 = 0
    /// SHA-256 of the newest bundle's bytes; nil if only its version is known.
    private(set) var digest: [UInt8]?
    /// The newest `iat` of each list that the newest bundle names.
    private(set) var listTimes: [String: UInt64] = [:]
    /// The newest `iat` of any bundle or list; 0 if none is known.
    private(set) var signedTime: UInt64 = 0
    /// The replay stores that the gate has used; the last ones at the end.
    private(set) var replayStores: [KnownReplayStore] = []

    init() {}

    /// Takes the state of the previous software version, which kept the bundle's version alone.
    init(version: UInt64) {
        self.version = version
    }

    /// Reads the bytes of ``encoded()``; nil for any other bytes.
    init?(_ bytes: [UInt8]) {
        let item = try? CBORItem.decode(
            bytes[...], rules: .deterministic, byteCountMax: Self.byteCountMax, depthMax: 4)
        guard let fields = item?.map, let version = fields[text: "version"]?.unsigned,
            let lists = fields[text: "lists"]?.map
        else { return nil }
        self.version = version
        if let root = fields[text: "root"] {
            guard let bytes = root.byteString, bytes.count == 32 else { return nil }
            rootDigest = Array(bytes)
        }
        if let digest = fields[text: "digest"] {
            guard let bytes = digest.byteString, bytes.count == 32 else { return nil }
            self.digest = Array(bytes)
        }
        for entry in lists.entries {
            guard let name = entry.key.text, let time = entry.value.unsigned else { return nil }
            listTimes[name] = time
        }
        if let field = fields[text: "time"] {
            guard let time = field.unsigned else { return nil }
            signedTime = time
        }
        guard let field = fields[text: "replay"] else { return }
        guard let stores = field.array else { return nil }
        for store in stores {
            guard let parts = store.array, parts.count == 2, let name = parts[0].text,
                let identifier = parts[1].byteString
            else { return nil }
            replayStores.append(KnownReplayStore(name: name, identifier: Array(identifier)))
        }
    }

    func encoded() -> [UInt8] {
        let lists = listTimes.map { CBORMap.Entry(key: .text($0), value: .unsigned($1)) }
        var fields: [(String, CBORItem)] = [("version", .unsigned(version)), ("lists", .map(CBORMap(lists)))]
        if let digest { fields.append(("digest", .byteString(digest))) }
        if let rootDigest { fields.append(("root", .byteString(rootDigest))) }
        if signedTime > 0 { fields.append(("time", .unsigned(signedTime))) }
        if !replayStores.isEmpty {
            let stores = replayStores.map { CBORItem.array([.text($0.name), .byteString($0.identifier)]) }
            fields.append(("replay", .array(stores)))
        }
        return CBORItem.record(fields).encoded()
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
        guard version > self.version || self.digest == nil || self.digest == digest else {
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
    mutating func setRoot(_ digest: [UInt8]) {
        rootDigest = digest
    }

    /// Takes a bundle that passed ``check(version:digest:)``; forgets the lists that a newer bundle no longer names.
    mutating func setBundle(version: UInt64, digest: [UInt8], listNames: Set<String>, signedTime: UInt64) {
        self.signedTime = max(self.signedTime, signedTime)
        if version > self.version { listTimes = listTimes.filter { listNames.contains($0.key) } }
        self.version = version
        self.digest = digest
    }

    /// Takes the newer parts of another memory.
    mutating func merge(_ other: SeenMaterial) {
        rootDigest = rootDigest ?? other.rootDigest
        if other.version > version || other.version == version && digest == nil {
            (version, digest) = (other.version, other.digest)
        }
        merge(other.listTimes)
        signedTime = max(signedTime, other.signedTime)
        for store in other.replayStores where !replayStores.contains(where: { $0.name == store.name }) {
            setReplayStore(store)
        }
    }

    /// Takes the newer of two times for each list.
    mutating func merge(_ times: [String: UInt64]) {
        listTimes.merge(times) { max($0, $1) }
        signedTime = max(signedTime, times.values.max() ?? 0)
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
        listTimes = listTimes.filter { !SignedTime.isAhead($0.value, of: now, skewSeconds: skewSeconds) }
        if SignedTime.isAhead(signedTime, of: now, skewSeconds: skewSeconds) {
            signedTime = listTimes.values.max() ?? 0
        }
        if SignedTime.isAhead(version, of: now, skewSeconds: SignedTime.versionAheadSecondsMax) {
            (version, digest) = (0, nil)
        }
    }
}
