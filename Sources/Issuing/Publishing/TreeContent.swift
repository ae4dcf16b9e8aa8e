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
    /// By name.
    var lists: [String: List] = [:]
    /// The names of all list files, also of those that cannot be read.
    var listNames: Set<String> = []
    var hot: Hot?
}

/// Reads published trees, and unpacks a list again only when its file was replaced.
final class TreeReader: Sendable {
    private struct Known {
        let identity: FileIdentity
        let list: TreeContent.List
    }

    private let known = Mutex<[String: Known]>([:])

    func content(of tree: String) -> TreeContent {
        var content = TreeContent()
        if let bytes = try? RegularFile.read(
            "\(tree)/\(BundleExport.bundleName)", byteCountMax: GateBundle.byteCountMax)
        {
            content.bundle = try? GateBundle(published: bytes[...])
        }
        for name in PublishedTree.names(in: "\(tree)/\(BundleExport.statusFolder)") {
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
        guard let identity = FileIdentity(path: path) else { return nil }
        if let known = known.withLock({ $0[name] }), known.identity == identity { return known.list }
        guard let bytes = try? RegularFile.read(path, byteCountMax: StatusListToken.byteCountMax),
            let list = Self.list(bytes, named: name)
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
        var revoked: [UInt32] = []
        for (place, byte) in token.list.bytes.enumerated() where byte != 0 {
            for bit in 0..<8 where byte >> UInt8(bit) & 1 == 1 { revoked.append(UInt32(place * 8 + bit)) }
        }
        return TreeContent.List(
            issuedAt: token.issuedAt, expiresAt: token.expiresAt ?? .max, keyIdentifier: keyIdentifier,
            bitCount: token.list.count, revoked: revoked)
    }

    private static func hot(_ path: String) -> TreeContent.Hot? {
        guard let bytes = try? RegularFile.read(path, byteCountMax: HotListToken.byteCountMax) else { return nil }
        var keyIdentifier: [UInt8] = []
        let token = try? HotListToken(bytes[...]) { message in
            keyIdentifier = message.keyIdentifier
            return true
        }
        return token.map { TreeContent.Hot(token: $0, keyIdentifier: keyIdentifier) }
    }
}
