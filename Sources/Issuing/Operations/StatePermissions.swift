import Glibc
import Platform
import Storage

/// Checks who owns and who may write the files and folders of an installation.
///
/// Everything belongs to the daemon's user, and no other user may write it. Settings, keys, registry, beat and lock are
/// closed to other users altogether. Nobody else may exchange a folder or a link on the way to any of them either.
struct StatePermissions {
    /// A file or folder with a wrong owner or mode.
    private struct Fault {
        let path: String
        /// The command that mends it, without the path; nil when no command of this user's does.
        let command: String
    }

    /// What an entry of the installation is for, which says who may read it and which links the service follows.
    private enum Area {
        case keys, run, log
        /// Settings, beat, and the registry's files.
        case secret
        /// Another file that the service reads by its name.
        case named
        /// A file that the service does not know; a link there may lead anywhere.
        case unknown
    }

    private struct FolderIdentity: Hashable {
        let device: dev_t
        let number: ino_t
    }

    /// The most files that one report names, so that a report stays readable.
    private static let faultCountMax = 1000

    private let state: StateDirectory
    private let owner: uid_t
    private var faults: [Fault] = []
    /// The folders that links led to, so that a circle of links ends.
    private var linkedFolders: Set<FolderIdentity> = []

    private init(_ state: StateDirectory, owner: uid_t) {
        let resolved = unsafe realpath(state.path, nil)
        defer { unsafe free(resolved) }
        self.state = unsafe resolved.map { unsafe StateDirectory(path: String(cString: $0)) } ?? state
        self.owner = owner
    }

    /// Refuses an installation that another user owns in part, or could change.
    ///
    /// - Parameters:
    ///   - state: the installation's folder.
    ///   - beat: the path of the beat's file; nil when the settings cannot be read.
    ///   - epochs: the path of the epoch keys' folder; nil when the settings cannot be read.
    ///   - owner: the daemon's user.
    /// - Throws: `state_permissions`, whose hint has the commands that mend everything at once, or names the owner to a
    ///   user who does not own the folder.
    static func check(
        _ state: StateDirectory, beat: String?, epochs: String? = nil, owner: uid_t
    ) throws(OperationError) {
        var check = StatePermissions(state, owner: owner)
        check.visitWay(to: state.path)
        check.visit(check.state.path, in: .unknown)
        if let beat {
            check.visitWay(to: beat)
            // A beat that is missing or no regular file has an error of its own.
            var status = stat()
            if unsafe lstat(beat, &status) == 0, status.st_mode & S_IFMT == S_IFREG { check.visit(beat, in: .secret) }
        }
        if let epochs {
            check.visitWay(to: epochs)
            check.visit(epochs, in: .keys)
        }
        guard !check.faults.isEmpty else { return }
        throw check.error
    }

    /// Whether another user owns, reads or changes one of the registry's files.
    ///
    /// SQLite makes the files of its write-ahead log with the mode of the registry, so such a registry is not opened.
    static func isRegistryExposed(_ state: StateDirectory, owner: uid_t) -> Bool {
        var check = StatePermissions(state, owner: owner)
        for suffix in ["", "-wal", "-shm"] { check.visit(check.state.registry + suffix, in: .secret) }
        return !check.faults.isEmpty
    }

    /// Checks a file, or a folder and everything in it.
    private mutating func visit(_ path: String, in area: Area) {
        var status = stat()
        guard faults.count < Self.faultCountMax, unsafe lstat(path, &status) == 0 else { return }
        let kind = status.st_mode & S_IFMT
        if status.st_uid != owner { add("chown -h \(owner)", path) }
        switch kind {
        case S_IFLNK: visitTarget(of: path, in: area)
        case S_IFDIR:
            checkMode(status, path, isPrivate: area == .keys, closed: "chmod 0700")
            for name in Folder.names(in: path) {
                let entry = path + "/" + name
                visit(entry, in: area == .unknown && path == state.path ? self.area(of: entry) : area)
            }
        // The settings say who may connect to the socket.
        case S_IFSOCK: return
        default:
            let isLock = area == .run && path.hasSuffix("/lock")
            let isPrivate = [.keys, .secret].contains(area) || isLock
            checkMode(status, path, isPrivate: isPrivate, closed: area == .keys ? "chmod 0400" : "chmod 0600")
        }
    }

    /// The area of an entry of the installation's folder.
    private func area(of entry: String) -> Area {
        switch entry {
        case state.path + "/keys": .keys
        case state.path + "/run": .run
        case state.folder(of: .trace), state.folder(of: .acts): .log
        case state.settings: .secret
        case state.transitNetwork, state.rootKey, state.rootDocuments: .named
        default: entry.hasPrefix(state.registry) ? .secret : .unknown
        }
    }

    /// Checks the file or folder that a link leads to, perhaps on another disk, if the service follows the link.
    private mutating func visitTarget(of link: String, in area: Area) {
        guard area != .unknown, let target = unsafe realpath(link, nil) else { return }
        defer { unsafe free(target) }
        let place = unsafe String(cString: target)
        var status = stat()
        guard unsafe stat(place, &status) == 0 else { return }
        if status.st_mode & S_IFMT == S_IFDIR {
            // Inside the folders of keys and of the lock the service opens files alone.
            guard area == .log || self.area(of: link) == area,
                linkedFolders.insert(FolderIdentity(device: status.st_dev, number: status.st_ino)).inserted
            else { return }
        }
        visitWay(to: link)
        visit(place, in: area)
    }

    private mutating func checkMode(_ status: stat, _ path: String, isPrivate: Bool, closed: String) {
        if isPrivate, status.st_mode & 0o077 != 0 {
            add(closed, path)
        } else if status.st_mode & 0o022 != 0 {
            add("chmod go-w", path)
        }
    }

    /// Checks every folder and link on the way to a path: another user could put another file or installation there.
    private mutating func visitWay(to path: String) {
        for entry in TrustedUsers([owner]).untrustedEntries(on: path) {
            switch entry {
            case .owned(let path, by: _): add("chown -h \(owner)", path)
            case .writable(let path, mode: _): add("chmod go-w", path)
            case .link: continue
            }
        }
    }

    private mutating func add(_ command: String, _ path: String) {
        guard !faults.contains(where: { $0.path == path && $0.command == command }) else { return }
        faults.append(Fault(path: path, command: command))
    }

    private var error: OperationError {
        var commands: [(command: String, paths: [String])] = []
        for fault in faults {
            if let place = commands.firstIndex(where: { $0.command == fault.command }) {
                commands[place].paths.append(fault.path)
            } else {
                commands.append((fault.command, [fault.path]))
            }
        }
        let lines = commands.map { "\($0.command) \($0.paths.map(Self.quoted).joined(separator: " "))" }
        let count = Set(faults.map(\.path)).count
        let isPart = faults.count >= Self.faultCountMax
        return OperationError(
            code: .statePermissions,
            reason: "other users own or may change \(isPart ? "at least " : "")\(count) files or folders of "
                + "\(state.path), or may read its keys or its registry",
            hint: otherOwner.map { "run it as user \($0), who owns the folder" }
                ?? "run `\(lines.joined(separator: " && "))` as root or as the owner, and replace the keys if somebody "
                + "may have read them")
    }

    /// The user who owns the folder, where that is neither this user nor a matter for root: such a caller has most likely
    /// taken the wrong account, and must not take the folder over.
    private var otherOwner: uid_t? {
        var status = stat()
        guard owner != 0, unsafe stat(state.path, &status) == 0, status.st_uid != owner else { return nil }
        return status.st_uid
    }

    /// A path as a shell takes it.
    private static func quoted(_ path: String) -> String {
        let isPlain = path.utf8.allSatisfy { byte in
            UInt8(ascii: "a")...UInt8(ascii: "z") ~= byte || UInt8(ascii: "A")...UInt8(ascii: "Z") ~= byte
                || UInt8(ascii: "0")...UInt8(ascii: "9") ~= byte || "/._-+:@".utf8.contains(byte)
        }
        guard !isPlain else { return path }
        return "'" + path.split(separator: "'", omittingEmptySubsequences: false).joined(separator: "'\\''") + "'"
    }
}
