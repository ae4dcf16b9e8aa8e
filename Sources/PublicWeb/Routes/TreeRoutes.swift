import Gate
import NIOPosix
import Platform

/// `/gates/…` and `/status/{name}`: the published tree.
struct TreeRoutes: Sendable {
    /// A larger file is read again for every answer.
    private static let keptByteCountMax = 1 << 20

    let site: PublicSite

    /// A file of the tree.
    func answer(_ path: [String]) async -> WebAnswer {
        let name = path.joined(separator: "/")
        guard let file = PublicFile(name) else { return WebAnswer(error: Self.missing) }
        return await answer(file)
    }

    /// A status list by its name.
    func status(_ name: String) async -> WebAnswer {
        guard let file = PublicFile("\(BundleExport.statusFolder)/\(name)") else {
            return WebAnswer(error: Self.missing)
        }
        return await answer(file)
    }

    private func answer(_ file: PublicFile) async -> WebAnswer {
        let path = "\(site.settings.tree)/\(file.path)"
        let identity = FileIdentity(path: path)
        if let known = site.treeFiles[file.path], known.identity == identity, identity != nil { return known.answer }
        let users = site.settings.users
        let read = try? await NIOThreadPool.singleton.runIfActive { () -> [UInt8]? in
            guard (try? users.check(path, followsLink: false)) != nil else { return nil }
            return try? RegularFile(path, byteCountMax: GateBundle.byteCountMax, followsLink: false).bytes()
        }
        guard let bytes = read ?? nil else { return WebAnswer(error: Self.missing) }
        var answer = WebAnswer(kind: .data, type: file.type, bytes: bytes)
        answer.cacheControl = "public, no-cache"
        answer.takesRanges = true
        if bytes.count <= Self.keptByteCountMax {
            site.treeFiles[file.path] = TreeFile(identity: identity, answer: answer)
        }
        return answer
    }

    private static let missing = WebError(
        .fileMissing, "the published tree has no such file", hint: "see `bundle.cbor` for the names of the lists")
}

/// A file of the tree that was read, and is answered again until another file is in its place.
struct TreeFile: Sendable {
    let identity: FileIdentity?
    let answer: WebAnswer
}

/// A file that a published tree hands out, by the path under which it is asked for.
struct PublicFile: Sendable, Equatable {
    let path: String
    let type: String

    /// Nil for a name that the tree does not hand out; a list may be named with or without its suffix.
    init?(_ name: String) {
        switch name {
        case BundleExport.bundleName, RootChain.name: (path, type) = (name, "application/cose")
        case BundleExport.rootName: (path, type) = (name, "application/x-pem-file")
        case BundleExport.hotListPath: (path, type) = (name, HotListToken.contentType)
        default:
            let full = name.hasSuffix(".cwt") ? name : name + ".cwt"
            guard let list = BundleExport.listName(of: full), Self.isListName(list) else { return nil }
            (path, type) = (full, StatusListToken.contentType)
        }
    }

    private static func isListName(_ name: String) -> Bool {
        (1...128).contains(name.utf8.count) && name.first != "-"
            && name.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "_" || $0 == "-") }
    }
}
