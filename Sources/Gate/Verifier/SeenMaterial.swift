import Encoding

/// The newest signed material that a gate has seen: its root key, the newest bundle, and the newest time of each list.
///
/// Encoded as a deterministic CBOR map `{root, version, digest, lists: {name: iat}}`; `root` and `digest` are absent if
/// they are unknown, as after an upgrade from a previous software version.
struct SeenMaterial: Equatable, Sendable {
    /// The most bytes of the file: the names and times of as many lists as a bundle may name.
    static let byteCountMax = GateBundle.statusListCountMax * 256

    /// The pinned root: SHA-256 of its SPKI; nil before the first use.
    private(set) var rootDigest: [UInt8]?
    private(set) var version: UInt64 = 0
    /// SHA-256 of the newest bundle's bytes; nil if only its version is known.
    private(set) var digest: [UInt8]?
    /// The newest `iat` of each list that the newest bundle names.
    private(set) var listTimes: [String: UInt64] = [:]

    init() {}

    /// Takes the state of the previous software version, which kept the bundle's version alone.
    init(version: UInt64) {
        self.version = version
    }

    /// Reads the bytes of ``encoded()``; nil for any other bytes.
    init?(_ bytes: [UInt8]) {
        let item = try? CBORItem.decode(
            bytes[...], rules: .deterministic, byteCountMax: Self.byteCountMax, depthMax: 3)
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
    }

    func encoded() -> [UInt8] {
        let lists = listTimes.map { CBORMap.Entry(key: .text($0), value: .unsigned($1)) }
        var fields: [(String, CBORItem)] = [("version", .unsigned(version)), ("lists", .map(CBORMap(lists)))]
        if let digest { fields.append(("digest", .byteString(digest))) }
        if let rootDigest { fields.append(("root", .byteString(rootDigest))) }
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
    mutating func setBundle(version: UInt64, digest: [UInt8], listNames: Set<String>) {
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
    }

    /// Takes the newer of two times for each list.
    mutating func merge(_ times: [String: UInt64]) {
        listTimes.merge(times) { max($0, $1) }
    }
}
