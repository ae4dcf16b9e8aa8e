import Platform
import Signing

/// The `bundle.cbor` that a generation was read from; it tells whether the file was replaced since.
struct BundleFile: Sendable {
    /// The largest file that is compared byte by byte; a larger one (a bundle with a large link table) is compared by
    /// its identity alone.
    private static let comparedByteCountMax = 1 << 20

    /// SHA-256 of its bytes.
    let digest: [UInt8]
    let path: String
    private let identity: FileIdentity

    /// Reads the bundle of a folder, if only trusted users can change it.
    static func read(
        in folder: String, of users: TrustedUsers
    ) throws(BundleError) -> (bytes: [UInt8], file: BundleFile) {
        let path = "\(folder)/\(BundleExport.bundleName)"
        try GateFile.check(path, users)
        let (bytes, identity) = try GateFile.readIdentified(path, byteCountMax: GateBundle.byteCountMax)
        return (bytes, BundleFile(digest: DigestAlgorithm.sha256.digest(bytes), path: path, identity: identity))
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
