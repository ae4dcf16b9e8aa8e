import Glibc
import Synchronization

/// The file in which a gate keeps what it has seen, `seen.cbor`, so that nothing older is taken later.
///
/// Gates that share the folder write in turn, under a lock of the folder, each on top of what the others wrote. It is
/// read once, and written only when there is something newer.
final class GateMemory: Sendable {
    static let fileName = "seen.cbor"
    /// What the version before kept: the newest bundle's version in digits.
    ///
    /// It counts where the file is not there yet.
    static let formerFileName = "newest-version"

    private let folder: String
    private let known: Mutex<SeenMaterial>

    /// Reads what is remembered in a folder.
    ///
    /// - Parameters:
    ///   - folder: where the file is.
    ///   - former: what this process remembers from before; it counts also where someone has removed the file since.
    /// - Throws: `bundle_unreadable` where the file cannot be read: nothing older could be told.
    init(folder: String, after former: GateMemory? = nil) throws(BundleError) {
        self.folder = folder
        var seen = try Self.read(folder)
        if let former { seen.take(former.known.withLock { $0 }) }
        known = Mutex(seen)
    }

    /// The newest time of a list that this gate has seen; 0 where it has seen none.
    func newestTime(ofList name: String) -> UInt64 {
        known.withLock { $0.listTimes[name] ?? 0 }
    }

    /// Refuses a bundle that is older than the newest seen, or has its version and other bytes; remembers nothing.
    ///
    /// Throws `bundle_rollback`.
    func check(version: UInt64, digest: [UInt8]) throws(BundleError) {
        try known.withLock { $0 }.check(version: version, digest: digest)
    }

    /// Remembers a bundle and, of its lists, the times of those that were opened.
    ///
    /// Throws `bundle_rollback` for a bundle that is not to be taken, also where another gate has just seen a newer.
    func remember(
        version: UInt64, digest: [UInt8], listNames: @autoclosure () -> Set<String>, times: [String: UInt64] = [:]
    ) throws(BundleError) {
        // A one-shot gate is started for every scan, and mostly by the bundle that it knows.
        if times.isEmpty, known.withLock({ $0.version == version && $0.digest == digest }) { return }
        let listNames = listNames()
        try update { (seen) throws(BundleError) in
            try seen.check(version: version, digest: digest)
            seen.take(version: version, digest: digest, listNames: listNames)
            seen.take(times)
        }
    }

    /// Remembers the times of lists.
    func remember(_ times: [String: UInt64]) throws(BundleError) {
        try update { (seen) throws(BundleError) in seen.take(times) }
    }

    private func update(_ change: (inout SeenMaterial) throws(BundleError) -> Void) throws(BundleError) {
        var changed = known.withLock { $0 }
        let before = changed
        try change(&changed)
        guard changed != before else { return }
        let descriptor = unsafe open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard descriptor >= 0 else { throw GateFile.unreadable(folder) }
        defer { close(descriptor) }
        while flock(descriptor, LOCK_EX) != 0 {
            guard errno == EINTR else { throw GateFile.unwritable(folder) }
        }
        // Another gate may have seen something newer since: only under the lock is what is read what is replaced.
        let stored = try Self.read(folder)
        var seen = stored
        try change(&seen)
        if seen != stored {
            try GateFile.replace("\(folder)/\(Self.fileName)", with: seen.encoded())
            guard fsync(descriptor) == 0 else { throw GateFile.unwritable(folder) }
        }
        known.withLock { $0 = seen }
    }

    private static func read(_ folder: String) throws(BundleError) -> SeenMaterial {
        let path = "\(folder)/\(fileName)"
        guard unsafe access(path, F_OK) != 0 else {
            let bytes = try GateFile.read(path, byteCountMax: SeenMaterial.byteCountMax)
            guard let seen = SeenMaterial(bytes) else { throw unusable(path) }
            return seen
        }
        guard errno == ENOENT else { throw GateFile.unreadable(path) }
        let former = "\(folder)/\(formerFileName)"
        guard unsafe access(former, F_OK) == 0 else { return SeenMaterial() }
        let text = String(decoding: try GateFile.read(former, byteCountMax: 32), as: UTF8.self)
        guard let version = UInt64(text) else { throw unusable(former) }
        return SeenMaterial(version: version)
    }

    private static func unusable(_ path: String) -> BundleError {
        BundleError(
            code: .unreadable,
            reason: "\(path) does not say what this gate has seen, so that nothing older could be told",
            hint: "start with a new folder, --state, and the newest bundle")
    }
}
