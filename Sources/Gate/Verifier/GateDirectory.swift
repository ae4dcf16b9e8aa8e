import Credential
import Glibc
import Signing

/// One generation of a bundle's folder; its signature is checked and its version is not older than the newest seen.
package struct GateDirectory: Sendable {
    /// The default name of the gate's state folder, inside the bundle's folder.
    package static let stateFolder = "state"

    package let bundle: GateBundle
    /// The gate's state folder: newest bundle and list times, unpacked status lists, replay store.
    package let statePath: String
    let epochKeys: EpochKeyFile?
    let statusLists: StatusStore
    let trust: TrustList
    let path: String
    let root: VerificationKey
    let memory: GateMemory
    let bundleFile: BundleFile

    /// Opens a folder, and remembers its bundle.
    ///
    /// - Parameters:
    ///   - path: the folder.
    ///   - root: the trust anchor's PEM file; nil for `root.pem` in the folder.
    ///   - state: the gate's state folder; nil for `state` in the folder.
    /// - Throws: `bundle_unreadable`, `bad_signature`, `bundle_rollback`.
    package init(path: String, root: String? = nil, state: String? = nil) throws(BundleError) {
        let pem = try GateFile.read(root ?? "\(path)/\(BundleExport.rootName)", byteCountMax: 64 << 10)
        let key: VerificationKey
        do {
            key = try VerificationKey(pem: pem)
        } catch {
            throw .malformed("the root key cannot be read: \(error.reason)")
        }
        try self.init(path: path, root: key, statePath: state ?? "\(path)/\(Self.stateFolder)")
        try remember()
    }

    /// Opens the generation that is in the same folder now, with the same root key; does not remember its bundle.
    ///
    /// - Parameter former: the earlier generation.
    /// - Throws: as ``init(path:root:state:)``.
    init(after former: GateDirectory) throws(BundleError) {
        try self.init(path: former.path, root: former.root, statePath: former.statePath, after: former.memory)
    }

    private init(
        path: String, root: VerificationKey, statePath: String, after former: GateMemory? = nil
    ) throws(BundleError) {
        let (bytes, file) = try BundleFile.read(in: path)
        bundle = try GateBundle(bytes[...], root: root)
        try GateFile.makeFolder(statePath)
        memory = try GateMemory(folder: statePath, after: former)
        try memory.check(version: bundle.version, digest: file.digest)
        let epochPath = "\(path)/\(EpochKeyFile.name)"
        epochKeys = unsafe access(epochPath, F_OK) == 0 ? try Self.epochKeys(epochPath) : nil
        trust = TrustList(bundle.issuers)
        statusLists = StatusStore(folder: path, statePath: statePath, bundle: bundle, trust: trust, memory: memory)
        (self.path, self.root, self.statePath, bundleFile) = (path, root, statePath, file)
    }

    /// Remembers the bundle, and the times of its opened lists.
    func remember(listTimes: [String: UInt64] = [:]) throws(BundleError) {
        try memory.remember(
            version: bundle.version, digest: bundleFile.digest, listNames: Set(bundle.statusLists.map(\.name)),
            times: listTimes)
    }

    /// Refuses a generation whose bundle names a domain without an epoch key in the folder.
    ///
    /// Throws `bundle_unreadable`.
    func checkEpochKeys() throws(BundleError) {
        for domain in bundle.domains where epochKeys?.entries.contains(where: { $0.domain == domain }) != true {
            throw .malformed("the epoch key for \(domain.rawValue) of bundle \(bundle.version) is missing")
        }
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
}
