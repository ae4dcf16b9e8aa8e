import Platform
import Signing

/// The `bundle.cbor` that a generation was read from; it tells whether the file was replaced since.
struct BundleFile: Sendable {
    /// The largest file that is compared byte by byte; a larger one (a bundle with a large link table) is compared by
    /// its identity alone.
    private static let comparedByteCountMax = 1 << 20

    /// SHA-256 of its bytes.
    let digest: [UInt8]
    /// The bundle's folder.
    private let folder: String
    private let identity: FileIdentity

    /// Reads the bundle of a generation, if only trusted users can change it.
    ///
    /// - Parameters:
    ///   - contents: the generation's own folder.
    ///   - folder: the bundle's folder.
    ///   - users: the users who may write both.
    /// - Returns: the bundle's bytes, and the file.
    /// - Throws: `bundle_unreadable`.
    static func read(
        in contents: String, for folder: String, of users: TrustedUsers
    ) throws(BundleError) -> (bytes: [UInt8], file: BundleFile) {
        let path = "\(contents)/\(BundleExport.bundleName)"
        try GateFile.check(path, users)
        let (bytes, identity) = try GateFile.readIdentified(path, byteCountMax: GateBundle.byteCountMax)
        return (bytes, BundleFile(digest: DigestAlgorithm.sha256.digest(bytes), folder: folder, identity: identity))
    }

    /// Where the folder has its bundle now: it may have got the link `current`, or lost it, since.
    var path: String {
        let contents = CurrentGeneration.isLinked(folder) ? "\(folder)/\(CurrentGeneration.linkName)" : folder
        return "\(contents)/\(BundleExport.bundleName)"
    }

    /// Whether the same file is still at the path, with the same bytes.
    ///
    /// A file system's times can be as coarse as 10 ms, and a file may be written twice in that time. So the bytes are
    /// compared as well.
    var isUnchanged: Bool {
        guard FileIdentity(path: path) == identity else { return false }
        guard identity.byteCount <= Self.comparedByteCountMax else { return true }
        let bytes = try? GateFile.read(path, byteCountMax: Self.comparedByteCountMax)
        return bytes.map(DigestAlgorithm.sha256.digest) == digest
    }
}
