import Glibc
import Platform
import Synchronization

/// The file `seen.cbor`: the root, the newest root document, bundle and lists that a gate has seen; it takes no others
/// or older ones.
///
/// Gates that share the folder write in turn, under a lock of the folder, and each adds to the others' entries. A gate
/// reads the file once, and writes it only for something newer.
final class GateMemory: Sendable {
    static let fileName = "seen.cbor"
    /// The file of the previous software version: the newest bundle's version in digits.
    ///
    /// It is read only if ``fileName`` does not exist yet.
    static let formerFileName = "newest-version"

    private let folder: String
    /// Whether time is given instead of read from the clock: the gate then learns for itself, and writes nothing.
    let isTimeGiven: Bool
    private let known: Mutex<SeenMaterial>
    private let following = Mutex<Following?>(nil)

    /// The chain and the bundle key of the generation that this memory serves.
    private struct Following {
        /// Nil for a folder without a chain.
        let chain: FollowedRoots?
        /// SHA-256 of the SPKI of the bundle key; nil if the first root signed the bundle.
        let bundleKey: [UInt8]?
        /// Whether the file does not have the chain's newest document yet.
        var isNews: Bool
    }

    /// Reads the memory in a folder.
    ///
    /// - Parameters:
    ///   - folder: the folder of the file.
    ///   - isTimeGiven: whether time is given instead of read from the clock, so that nothing but the root is written.
    ///   - former: this process's earlier memory; it counts even if someone has removed the file since.
    /// - Throws: `bundle_unreadable` if the file cannot be read: the gate could not recognise older material.
    init(folder: String, isTimeGiven: Bool = false, after former: GateMemory? = nil) throws(BundleError) {
        self.folder = folder
        self.isTimeGiven = isTimeGiven
        var stored = try Self.read(folder)
        if stored == nil, former == nil, Self.isUsed(folder) {
            // Another gate may have started for the first time since.
            stored = try Self.read(folder)
            guard stored != nil else { throw Self.lost(folder) }
        }
        var seen = stored ?? SeenMaterial()
        if let former { seen.merge(former.known.withLock { $0 }) }
        known = Mutex(seen)
    }

    /// The newest time of the list that this gate has seen; 0 for a list it has never seen.
    func newestTime(ofList name: String) -> UInt64 {
        known.withLock { $0.newestTime(ofList: name) }
    }

    /// The newest time of any bundle or list that this gate has seen; 0 if none is known.
    var signedTime: UInt64 { known.withLock { $0.signedTime } }

    /// The `iat` of the newest sealed epoch keys that this gate has seen; 0 if it has seen none.
    var keysTime: UInt64 { known.withLock { $0.keysTime } }

    /// The identifier of the replay store that this gate used under a name; nil if it used none.
    func replayStore(_ name: String) -> [UInt8]? {
        known.withLock { seen in seen.replayStores.first { $0.name == name }?.identifier }
    }

    /// Refuses a bundle that is older than the newest seen, or has the same version but other bytes; remembers nothing.
    ///
    /// Throws `bundle_rollback`.
    func check(version: UInt64, digest: [UInt8]) throws(BundleError) {
        try known.withLock { $0 }.check(version: version, digest: digest)
    }

    /// Pins the root key at the gate's first use, also when time is given; later refuses any other one.
    ///
    /// Throws `root_differs`.
    func pin(root digest: [UInt8]) throws(BundleError) {
        let seen = known.withLock { $0 }
        try seen.check(root: digest)
        guard seen.rootDigest == nil else { return }
        let stored = try write { (seen) throws(BundleError) in
            try seen.check(root: digest)
            seen.setRoot(digest)
        }
        known.withLock { $0.merge(stored) }
    }

    /// Follows a folder's chain of root documents, without what was learnt under keys that it has dropped.
    ///
    /// Nothing is written before ``remember(version:digest:signedTime:listNames:times:)``.
    ///
    /// - Parameters:
    ///   - chain: nil for a folder without one.
    ///   - bundleKey: SHA-256 of the SPKI of the key that signed the bundle; nil for the first root.
    /// - Throws: `bundle_rollback`.
    func follow(_ chain: FollowedRoots?, bundleKey: [UInt8]?) throws(BundleError) {
        let isNews = try known.withLock { (seen) throws(BundleError) in
            let former = seen.roots
            try seen.follow(chain)
            return seen.roots != former
        }
        following.withLock { $0 = Following(chain: chain, bundleKey: bundleKey, isNews: isNews) }
    }

    /// Remembers a bundle with its root document, and the times of its opened lists; the root is pinned already.
    ///
    /// Throws `bundle_rollback` for a bundle older than the newest seen, even if only another gate has seen that.
    func remember(
        version: UInt64, digest: [UInt8], signedTime: UInt64, listNames: @autoclosure () -> Set<String>,
        times: [String: UInt64] = [:]
    ) throws(BundleError) {
        let following = following.withLock { $0 }
        let key = following?.bundleKey
        // A one-shot gate starts for every scan, mostly with a bundle that it already knows.
        let isKnown = known.withLock {
            $0.holds(version: version, digest: digest, signedTime: signedTime, from: key)
        }
        let isNews = following?.isNews == true
        if times.isEmpty, isKnown, !isNews { return }
        let listNames = listNames()
        try update(takingRoots: isNews) { (seen) throws(BundleError) in
            if let following { try seen.follow(following.chain) }
            try seen.check(version: version, digest: digest)
            seen.setBundle(
                version: version, digest: digest, listNames: listNames, signedTime: signedTime, from: key)
            seen.merge(times, from: key)
        }
        self.following.withLock { $0?.isNews = false }
    }

    /// Remembers the times of lists.
    func remember(_ times: [String: UInt64]) throws(BundleError) {
        let key = following.withLock { $0?.bundleKey }
        try update { (seen) throws(BundleError) in seen.merge(times, from: key) }
    }

    /// Remembers the `iat` of sealed epoch keys.
    func remember(keysTime time: UInt64) throws(BundleError) {
        guard time > keysTime else { return }
        let key = following.withLock { $0?.bundleKey }
        try update { (seen) throws(BundleError) in seen.setKeysTime(time, from: key) }
    }

    /// Remembers the replay store that the gate uses under a name.
    func remember(replayStore name: String, identifier: [UInt8]) throws(BundleError) {
        guard replayStore(name) != identifier else { return }
        try update { (seen) throws(BundleError) in seen.setReplayStore(.init(name: name, identifier: identifier)) }
    }

    /// Forgets the replay store of a name, so that the next start makes a new one.
    func forgetReplayStore(_ name: String) throws(BundleError) {
        try update { (seen) throws(BundleError) in seen.forgetReplayStore(name) }
    }

    /// Forgets the times and the version that lie ahead of the clock.
    func forget(aheadOf now: UInt64, skewSeconds: UInt64) throws(BundleError) {
        try update { (seen) throws(BundleError) in seen.forget(aheadOf: now, skewSeconds: skewSeconds) }
    }

    private func update(
        takingRoots: Bool = false, _ change: (inout SeenMaterial) throws(BundleError) -> Void
    ) throws(BundleError) {
        var changed = known.withLock { $0 }
        let before = changed
        try change(&changed)
        guard changed != before || takingRoots else { return }
        guard !isTimeGiven else { return known.withLock { $0 = changed } }
        var seen = try write(change)
        if let following = following.withLock({ $0 }) { try seen.follow(following.chain) }
        known.withLock { $0 = seen }
    }

    /// Changes the file under the folder's lock, and returns what it now holds.
    @discardableResult
    private func write(
        _ change: (inout SeenMaterial) throws(BundleError) -> Void
    ) throws(BundleError) -> SeenMaterial {
        try GateFile.exclusively(in: folder) { (lock) throws(BundleError) in
            // Another gate may have seen something newer since, so the file is read again under the lock.
            let stored = try Self.read(folder) ?? SeenMaterial()
            var seen = stored
            try change(&seen)
            if seen != stored {
                try GateFile.replace(Self.fileName, of: folder, with: seen.encoded(), under: lock)
            }
            return seen
        }
    }

    /// The file's contents; nil if no gate has used the folder.
    private static func read(_ folder: String) throws(BundleError) -> SeenMaterial? {
        let path = "\(folder)/\(fileName)"
        guard unsafe access(path, F_OK) != 0 else {
            let bytes = try GateFile.read(path, byteCountMax: SeenMaterial.byteCountMax)
            guard let seen = SeenMaterial(bytes) else { throw unusable(path) }
            return seen
        }
        guard errno == ENOENT else { throw GateFile.unreadable(path) }
        let former = "\(folder)/\(formerFileName)"
        guard unsafe access(former, F_OK) == 0 else { return nil }
        let text = String(decoding: try GateFile.read(former, byteCountMax: 32), as: UTF8.self)
        guard let version = UInt64(text) else { throw unusable(former) }
        return SeenMaterial(version: version)
    }

    /// Whether the folder holds a file that a gate makes only after ``fileName``.
    private static func isUsed(_ folder: String) -> Bool {
        guard let listing = unsafe opendir(folder) else { return false }
        defer { unsafe closedir(listing) }
        while let entry = unsafe readdir(listing) {
            let name = unsafe withUnsafeBytes(of: entry.pointee.d_name) { bytes in
                unsafe String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
            }
            if name.hasSuffix(".bits") || name == "clock" { return true }
        }
        return false
    }

    private static func lost(_ folder: String) -> BundleError {
        BundleError(
            code: .unreadable,
            reason: "\(folder)/\(fileName) is gone, so the gate can tell neither its root nor an older bundle",
            hint: "start with a new folder, --state, and the newest bundle; name its root with --root")
    }

    private static func unusable(_ path: String) -> BundleError {
        BundleError(
            code: .unreadable,
            reason: "\(path) is damaged, so the gate cannot tell whether a bundle is older than one it has seen",
            hint: "start with a new folder, --state, and the newest bundle")
    }
}
