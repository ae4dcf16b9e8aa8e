import Glibc
import Signing

/// A bundle's folder, its signature checked and its version held against the newest seen.
package struct GateDirectory: Sendable {
    /// The folder within a bundle's where a gate remembers, unless it is told another.
    package static let stateFolder = "state"

    package let bundle: GateBundle
    /// What the gate remembers: newest version, unpacked status lists, replay store.
    package let statePath: String
    let epochKeys: EpochKeyFile?
    let statusLists: StatusStore
    let trust: TrustList

    /// Opens a folder.
    ///
    /// - Parameters:
    ///   - path: the folder.
    ///   - root: the trust anchor's PEM file; nil for `root.pem` in the folder.
    ///   - state: where the gate remembers; nil for `state` in the folder.
    /// - Throws: `bundle_unreadable`, `bad_signature`, `bundle_rollback`.
    package init(path: String, root: String? = nil, state: String? = nil) throws(BundleError) {
        let pem = try GateFile.read(root ?? "\(path)/\(BundleExport.rootName)", byteCountMax: 64 << 10)
        let key: VerificationKey
        do {
            key = try VerificationKey(pem: pem)
        } catch {
            throw .malformed("the root key cannot be read: \(error.reason)")
        }
        let bytes = try GateFile.read(
            "\(path)/\(BundleExport.bundleName)", byteCountMax: GateBundle.byteCountMax)
        bundle = try GateBundle(bytes[...], root: key)
        statePath = state ?? "\(path)/\(Self.stateFolder)"
        try GateFile.makeFolder(statePath)
        try Self.remember(bundle.version, in: statePath)
        let epochPath = "\(path)/\(EpochKeyFile.name)"
        epochKeys = unsafe access(epochPath, F_OK) == 0 ? try Self.epochKeys(epochPath) : nil
        trust = TrustList(bundle.issuers)
        statusLists = StatusStore(folder: path, statePath: statePath, trust: trust)
    }

    private static func epochKeys(_ path: String) throws(BundleError) -> EpochKeyFile {
        do {
            return try EpochKeyFile(SecretFile.read(path, byteCountMax: EpochKeyFile.byteCountMax))
        } catch let error as SigningError {
            throw BundleError(code: .unreadable, reason: error.reason, hint: error.hint)
        } catch let error as BundleError {
            throw error
        } catch {
            throw .malformed("\(path) cannot be read")
        }
    }

    /// Refuses a version older than the newest seen, and remembers a newer one.
    private static func remember(_ version: UInt64, in statePath: String) throws(BundleError) {
        let path = "\(statePath)/newest-version"
        guard try isNews(version, path) else { return }
        // Two gates with different bundles may look at once: only who holds the lock may look and then write.
        let folder = unsafe open(statePath, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard folder >= 0 else { throw GateFile.unreadable(statePath) }
        defer { close(folder) }
        while flock(folder, LOCK_EX) != 0 {
            guard errno == EINTR else { throw GateFile.unwritable(statePath) }
        }
        guard try isNews(version, path) else { return }
        try GateFile.replace(path, with: Array(String(version).utf8))
    }

    /// Whether a version is newer than the one remembered; throws `bundle_rollback` for an older one.
    private static func isNews(_ version: UInt64, _ path: String) throws(BundleError) -> Bool {
        guard unsafe access(path, F_OK) == 0 else { return true }
        let text = String(decoding: try GateFile.read(path, byteCountMax: 32), as: UTF8.self)
        guard let newest = UInt64(text) else {
            throw BundleError(
                code: .unreadable, reason: "\(path) holds no version, so that an older bundle could not be told",
                hint: "write the newest bundle's version there, or start with a new folder, --state, and that bundle")
        }
        guard version >= newest else {
            throw BundleError(
                code: .rollback,
                reason: "bundle \(version) is older than bundle \(newest), which this gate has seen",
                hint: "fetch the newest bundle")
        }
        return version > newest
    }
}
