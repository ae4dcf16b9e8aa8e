package import Glibc

/// The users who may change a file: root and the given users, and nobody else.
///
/// A user who can write a folder can exchange the files in it, and the owner of a symbolic link can point it elsewhere.
/// So every folder and link on the way to a file is checked, not only the file.
package struct TrustedUsers: Sendable {
    /// The most symbolic links on one path, as in Linux (path_resolution(7)).
    private static let linkCountMax = 40

    /// Two or three users; the runtime would look a set's type up at every start of a command.
    private let users: [uid_t]

    /// Trusts root and these users.
    package init(_ users: [uid_t]) {
        self.users = [0] + users
    }

    /// Trusts root and the user of this process.
    package static var own: TrustedUsers { TrustedUsers([geteuid()]) }

    /// Trusts root, the user of this process, and another user where one is given.
    package static func own(and user: uid_t?) -> TrustedUsers {
        TrustedUsers([geteuid()] + (user.map { [$0] } ?? []))
    }

    /// Refuses a path that another user could lead to another file, or a file or folder that another user could change.
    ///
    /// On the way, a folder that everybody can write may have the sticky bit, like /tmp: only the owner of an entry can
    /// then replace it. A path whose end does not exist passes, and opening it gives the error.
    ///
    /// - Parameters:
    ///   - path: a file or folder.
    ///   - followsLink: whether the path may end in a symbolic link.
    /// - Throws: the first entry of the path that another user can change.
    package func check(_ path: String, followsLink: Bool = true) throws(UntrustedEntry) {
        try walk(path, followsLink: followsLink) { entry throws(UntrustedEntry) in throw entry }
    }

    /// Every entry of a path that another user could change; ``check(_:followsLink:)`` stops at the first one.
    package func untrustedEntries(on path: String) -> [UntrustedEntry] {
        var found: [UntrustedEntry] = []
        walk(path, followsLink: true) { found.append($0) }
        return found
    }

    /// Passes every folder, link and file on the way to `found` that another user could change.
    private func walk<Failure: Error>(
        _ path: String, followsLink: Bool, _ found: (UntrustedEntry) throws(Failure) -> Void
    ) throws(Failure) {
        guard let absolute = Self.absolute(path) else { return }
        var place = ""
        // A path that ends in `/.` ends in the entry before it.
        var rest = Array(absolute.split(separator: "/").map(String.init).reversed()).filter { $0 != "." }
        var linkCount = 0
        _ = try visit("/", isLast: rest.isEmpty, found)
        while let name = rest.popLast() {
            if name == "." { continue }
            if name == ".." {
                place = Self.parent(of: place)
                continue
            }
            let next = "\(place)/\(name)"
            guard let kind = try visit(next, isLast: rest.isEmpty, found) else { return }
            guard kind == S_IFLNK else {
                place = next
                continue
            }
            linkCount += 1
            if !followsLink && rest.isEmpty { try found(.link(next)) }
            guard linkCount <= Self.linkCountMax, let target = Self.target(of: next) else { return }
            if target.hasPrefix("/") { place = "" }
            rest += target.split(separator: "/").map(String.init).reversed()
        }
    }

    /// The kind of an entry; nil if there is none.
    private func visit<Failure: Error>(
        _ path: String, isLast: Bool, _ found: (UntrustedEntry) throws(Failure) -> Void
    ) throws(Failure) -> mode_t? {
        var status = stat()
        guard unsafe lstat(path, &status) == 0 else { return nil }
        let kind = status.st_mode & S_IFMT
        if !users.contains(status.st_uid) { try found(.owned(path, by: status.st_uid)) }
        // Linux ignores a link's mode. A sticky folder keeps others from replacing its entries, not from adding some.
        let isShared = status.st_mode & (S_IWGRP | S_IWOTH) != 0
        if isShared, kind != S_IFLNK, status.st_mode & S_ISVTX == 0 || isLast {
            try found(.writable(path, mode: status.st_mode & 0o7777))
        }
        return kind
    }

    private static func absolute(_ path: String) -> String? {
        if path.hasPrefix("/") { return path }
        guard let current = unsafe getcwd(nil, 0) else { return nil }
        defer { unsafe free(current) }
        return unsafe "\(String(cString: current))/\(path)"
    }

    private static func parent(of path: String) -> String {
        path.lastIndex(of: "/").map { String(path[..<$0]) } ?? ""
    }

    private static func target(of link: String) -> String? {
        var buffer = [CChar](repeating: 0, count: Int(PATH_MAX))
        let count = unsafe readlink(link, &buffer, buffer.count)
        guard count > 0, count < buffer.count else { return nil }
        return String(decoding: buffer[..<count].map(UInt8.init(bitPattern:)), as: UTF8.self)
    }
}

/// A file, folder or link that an untrusted user can change.
package enum UntrustedEntry: Error, Equatable {
    case owned(String, by: uid_t)
    /// Its group or everybody can write it.
    case writable(String, mode: mode_t)
    /// It is a symbolic link where none is allowed.
    case link(String)

    /// The reason as a whole sentence.
    package var reason: String {
        switch self {
        case .owned(let path, let user): "\(path) belongs to user \(user), who could change it"
        case .writable(let path, let mode):
            "\(path) has mode 0\(String(mode, radix: 8)), so other users could change it"
        case .link(let path): "\(path) is a symbolic link"
        }
    }

    /// The command that mends it.
    package var hint: String {
        switch self {
        case .owned(let path, _):
            "run `chown \(geteuid()) \(path)` if you trust its content, or use a folder of this user"
        case .writable(let path, _):
            "run `chmod go-w \(path)` if you trust its content, or use a folder of this user"
        case .link: "name the folder itself, and remove the link"
        }
    }
}
