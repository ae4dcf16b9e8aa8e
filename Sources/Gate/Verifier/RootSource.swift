import Encoding
import Glibc
import Platform
package import Signing

/// Where a gate gets its root key, and how it knows that the key is the right one.
package enum RootSource: Sendable, Equatable {
    /// From `root.pem` in the bundle's folder; the gate's state pins it at the first use.
    case folder
    /// From another PEM file.
    case file(String)
    /// From `root.pem` in the bundle's folder, if SHA-256 of its SPKI is this digest.
    case digest([UInt8])

    /// The most bytes of a root key's file.
    static let pemByteCountMax = 64 << 10

    /// The warning in every verdict of a gate whose root ``isUnpinned(in:state:)``.
    package static let unpinnedWarning = "root_unpinned"

    /// Reads an option's value: 64 hexadecimal digits are a digest, and any other text is a file's path.
    package init(_ text: String) {
        if text.utf8.count == 64, let digest = try? Hex.decode(text) {
            self = .digest(digest)
        } else {
            self = .file(text)
        }
    }

    /// The digest by which a root key is pinned and named.
    package static func digest(of key: VerificationKey) -> [UInt8] {
        DigestAlgorithm.sha256.digest(key.spki)
    }

    /// Reads the root key.
    ///
    /// - Parameters:
    ///   - folder: the bundle's folder.
    ///   - users: the users who may write the file.
    /// - Returns: the root's public key.
    /// - Throws: `bundle_unreadable`, or `root_differs` for another key than the digest names.
    func key(in folder: String, users: TrustedUsers) throws(BundleError) -> VerificationKey {
        var path = "\(folder)/\(BundleExport.rootName)"
        if case .file(let file) = self { path = file }
        return try key(pem: GateFile.read(path, of: users, byteCountMax: Self.pemByteCountMax))
    }

    /// Takes a root key that was read already.
    ///
    /// - Throws: as ``key(in:users:)``.
    func key(pem: [UInt8]) throws(BundleError) -> VerificationKey {
        let key: VerificationKey
        do {
            key = try VerificationKey(pem: pem)
        } catch {
            throw .malformed("the root key cannot be read: \(error.reason)")
        }
        if case .digest(let digest) = self, digest != Self.digest(of: key) {
            throw .rootDiffers(from: digest, found: Self.digest(of: key))
        }
        return key
    }

    /// Whether someone who exchanges the whole bundle's folder also exchanges the root that the gate trusts.
    ///
    /// - Parameters:
    ///   - folder: the bundle's folder.
    ///   - state: the gate's state folder, which holds the pin.
    /// - Returns: whether every verdict bears ``unpinnedWarning``.
    package func isUnpinned(in folder: String, state: String) -> Bool {
        switch self {
        case .digest: false
        case .folder: FolderContent(folder).holds(state)
        case .file(let file): FolderContent(folder).holds(state) && FolderContent(folder).holds(file)
        }
    }
}

/// Whether paths lead into or through one folder.
private struct FolderContent {
    private let identity: [UInt64]?

    init(_ folder: String) {
        identity = Self.identity(folder)
    }

    /// Whether the path, or the path without its symbolic links, names the folder or anything in it.
    ///
    /// A link inside the folder is exchanged together with the folder, even if it leads elsewhere.
    func holds(_ path: String) -> Bool {
        guard identity != nil else { return true }
        if isOnWay(path) { return true }
        var existing = path
        while unsafe access(existing, F_OK) != 0, let parent = Self.parent(of: existing) { existing = parent }
        guard let resolved = unsafe realpath(existing, nil) else { return true }
        defer { unsafe free(resolved) }
        return isOnWay(unsafe String(cString: resolved))
    }

    private func isOnWay(_ path: String) -> Bool {
        var place: String? = path
        while let current = place {
            if Self.identity(current) == identity { return true }
            place = Self.parent(of: current)
        }
        return false
    }

    private static func parent(of path: String) -> String? {
        guard path != "/", path != "." else { return nil }
        guard let slash = path.lastIndex(of: "/") else { return "." }
        return slash == path.startIndex ? "/" : String(path[..<slash])
    }

    private static func identity(_ path: String) -> [UInt64]? {
        var status = stat()
        guard unsafe stat(path, &status) == 0 else { return nil }
        return [UInt64(status.st_dev), UInt64(status.st_ino)]
    }
}
