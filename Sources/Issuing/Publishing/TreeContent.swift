import Credential
import Gate
import Platform
import Synchronization

/// What a published tree holds.
struct TreeContent: Sendable {
    /// A published full list.
    struct List: Sendable, Equatable {
        let issuedAt: UInt64
        let expiresAt: UInt64
        /// Of the key that signed it.
        let keyIdentifier: [UInt8]
        let bitCount: Int
        /// The revoked bits, ascending.
        let revoked: [UInt32]
    }

    /// The published hot list.
    struct Hot: Sendable, Equatable {
        let token: HotListToken
        let keyIdentifier: [UInt8]
    }

    var bundle: GateBundle?
    /// The bytes of the bundle's file.
    var bundleBytes: [UInt8] = []
    /// By name.
    var lists: [String: List] = [:]
    /// The names of all list files, also of those that cannot be read.
    var listNames: Set<String> = []
    var hot: Hot?
}

/// Reads published trees, and unpacks a list again only when its file was replaced.
///
/// A file that was replaced by a copy gets its time back, which web servers make its ETag of.
final class TreeReader: Sendable {
    private struct Known {
        let identity: FileIdentity
        let list: TreeContent.List
    }

    private let known = Mutex<[String: Known]>([:])

    func content(of tree: String) -> TreeContent {
        var content = TreeContent()
        if let bytes = Self.bytes("\(tree)/\(BundleExport.bundleName)", byteCountMax: GateBundle.byteCountMax) {
            content.bundle = try? GateBundle(published: bytes[...])
            content.bundleBytes = bytes
        }
        for name in Folder.names(in: "\(tree)/\(BundleExport.statusFolder)") {
            let path = "\(BundleExport.statusFolder)/\(name)"
            guard PublishedTree.isPublic(path), let list = BundleExport.listName(of: path) else { continue }
            content.listNames.insert(list)
            content.lists[list] = self.list("\(tree)/\(path)", named: list)
        }
        content.hot = Self.hot("\(tree)/\(BundleExport.hotListPath)")
        known.withLock { known in known = known.filter { content.listNames.contains($0.key) } }
        return content
    }

    private func list(_ path: String, named name: String) -> TreeContent.List? {
        if let known = known.withLock({ $0[name] }), known.identity == FileIdentity(path: path) { return known.list }
        guard let bytes = Self.bytes(path, byteCountMax: StatusListToken.byteCountMax),
            let identity = FileIdentity(path: path), let list = Self.list(bytes, named: name)
        else { return nil }
        known.withLock { $0[name] = Known(identity: identity, list: list) }
        return list
    }

    /// Reads a token; nil for another list's.
    static func list(_ bytes: [UInt8], named name: String) -> TreeContent.List? {
        var keyIdentifier: [UInt8] = []
        // The folder is this installation's own: the signer is compared with the active key, not verified.
        let token = try? StatusListToken(bytes[...]) { message in
            keyIdentifier = message.keyIdentifier
            return true
        }
        guard let token, token.subject.hasSuffix("/\(name)") else { return nil }
        return TreeContent.List(
            issuedAt: token.issuedAt, expiresAt: token.expiresAt ?? .max, keyIdentifier: keyIdentifier,
            bitCount: token.list.count, revoked: token.list.revokedIndices)
    }

    private static func bytes(_ path: String, byteCountMax: Int) -> [UInt8]? {
        guard let bytes = try? RegularFile.read(path, byteCountMax: byteCountMax) else { return nil }
        // A file whose time cannot be set is replaced when it is due.
        _ = PublishedTree.setTimes(of: path, holding: bytes)
        return bytes
    }

    private static func hot(_ path: String) -> TreeContent.Hot? {
        guard let bytes = bytes(path, byteCountMax: HotListToken.byteCountMax) else { return nil }
        var keyIdentifier: [UInt8] = []
        let token = try? HotListToken(bytes[...]) { message in
            keyIdentifier = message.keyIdentifier
            return true
        }
        return token.map { TreeContent.Hot(token: $0, keyIdentifier: keyIdentifier) }
    }
}
