import Signing

/// Which `bundle.cbor` a generation was read from, so that another in its place is seen.
struct BundleFile: Sendable {
    /// A larger file is known by its identity alone; no installation's is, unless it carries a large link table.
    private static let comparedByteCountMax = 1 << 20

    /// SHA-256 of its bytes.
    let digest: [UInt8]
    let path: String
    private let identity: FileIdentity

    /// Reads the bundle of a folder.
    static func read(in folder: String) throws(BundleError) -> (bytes: [UInt8], file: BundleFile) {
        let path = "\(folder)/\(BundleExport.bundleName)"
        let (bytes, identity) = try GateFile.readIdentified(path, byteCountMax: GateBundle.byteCountMax)
        return (bytes, BundleFile(digest: DigestAlgorithm.sha256.digest(bytes), path: path, identity: identity))
    }

    /// Whether it still stands there, and holds the same bytes.
    ///
    /// A file system's times are as coarse as 10 ms, in which a file may be written twice, so that the bytes are
    /// compared as well.
    var isUnchanged: Bool {
        guard FileIdentity(path: path) == identity else { return false }
        guard identity.byteCount <= Self.comparedByteCountMax else { return true }
        let bytes = try? GateFile.read(path, byteCountMax: Self.comparedByteCountMax)
        return bytes.map(DigestAlgorithm.sha256.digest) == digest
    }
}
