import Glibc

/// Checks who owns and who may write the files and folders of an installation.
///
/// Everything belongs to the daemon's user, and no other user may write it. Settings, keys, registry, beat and lock are
/// closed to other users altogether. Nobody else may rename a folder above the installation either.
struct StatePermissions {
    /// A file or folder with a wrong owner or mode.
    private struct Fault {
        let path: String
        /// The command that mends it, without the path; nil when no command of this user's does.
        let command: String
    }

    /// The most files that one report names, so that a report stays readable.
    private static let faultCountMax = 1000

    private let state: StateDirectory
    private let owner: uid_t
    private var faults: [Fault] = []

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
    ///   - owner: the daemon's user.
    /// - Throws: `state_permissions`, whose hint has the commands that mend everything at once.
    static func check(_ state: StateDirectory, beat: String?, owner: uid_t) throws(OperationError) {
        var check = StatePermissions(state, owner: owner)
        check.visitAncestors(of: check.state.path)
        check.visit(check.state.path, isPrivate: false)
        if let beat {
            check.visitAncestors(of: beat)
            // A beat that is missing or no regular file has an error of its own.
            var status = stat()
            if unsafe lstat(beat, &status) == 0, status.st_mode & S_IFMT == S_IFREG {
                check.visit(beat, isPrivate: true)
            }
        }
        guard !check.faults.isEmpty else { return }
        throw check.error
    }

    /// Whether another user owns, reads or changes one of the registry's files.
    ///
    /// SQLite makes the files of its write-ahead log with the mode of the registry, so such a registry is not opened.
    static func isRegistryExposed(_ state: StateDirectory, owner: uid_t) -> Bool {
        var check = StatePermissions(state, owner: owner)
        for suffix in ["", "-wal", "-shm"] { check.visit(check.state.registry + suffix, isPrivate: true) }
        return !check.faults.isEmpty
    }

    /// Checks a file, or a folder and everything in it.
    private mutating func visit(_ path: String, isPrivate: Bool) {
        var status = stat()
        guard faults.count < Self.faultCountMax, unsafe lstat(path, &status) == 0 else { return }
        let kind = status.st_mode & S_IFMT
        if status.st_uid != owner { add("chown -h \(owner)", path) }
        switch kind {
        case S_IFLNK:
            // The service follows these links alone, perhaps to another disk; another link may lead anywhere.
            guard
                [state.log, state.registry, state.settings, state.transitNetwork, state.path].contains(path)
                    || [state.path + "/keys", state.path + "/run", state.rootKey, state.rootDocuments].contains(path),
                let target = unsafe realpath(path, nil)
            else { return }
            defer { unsafe free(target) }
            let place = unsafe String(cString: target)
            visitAncestors(of: place)
            visit(place, isPrivate: isPrivate || path == state.path + "/keys")
        case S_IFDIR:
            let isPrivate = isPrivate || path == state.path + "/keys"
            checkMode(status, path, isPrivate: isPrivate, closed: "chmod 0700")
            for name in Self.names(in: path) {
                let entry = path + "/" + name
                let isSecret = entry.hasPrefix(state.registry) || [state.settings, state.lock].contains(entry)
                visit(entry, isPrivate: isPrivate || isSecret)
            }
        // The settings say who may connect to the socket.
        case S_IFSOCK: return
        default:
            let mode = path.hasPrefix(state.path + "/keys/") ? "chmod 0400" : "chmod 0600"
            checkMode(status, path, isPrivate: isPrivate, closed: mode)
        }
    }

    private mutating func checkMode(_ status: stat, _ path: String, isPrivate: Bool, closed: String) {
        if isPrivate, status.st_mode & 0o077 != 0 {
            add(closed, path)
        } else if status.st_mode & 0o022 != 0 {
            add("chmod go-w", path)
        }
    }

    /// Checks the folders above a path: whoever may rename one of them can put another installation there.
    private mutating func visitAncestors(of path: String) {
        guard let resolved = unsafe realpath(path, nil) else { return }
        defer { unsafe free(resolved) }
        var folder = unsafe String(cString: resolved)
        while let slash = folder.lastIndex(of: "/"), folder != "/" {
            folder = slash == folder.startIndex ? "/" : String(folder[..<slash])
            var status = stat()
            guard unsafe lstat(folder, &status) == 0 else { continue }
            if status.st_uid != owner, status.st_uid != 0 { add("chown \(owner)", folder) }
            // In a sticky folder, only the owner of an entry may rename it.
            if status.st_mode & 0o022 != 0, status.st_mode & S_ISVTX == 0 { add("chmod go-w", folder) }
        }
    }

    private mutating func add(_ command: String, _ path: String) {
        guard !faults.contains(where: { $0.path == path && $0.command == command }) else { return }
        faults.append(Fault(path: path, command: command))
    }

    private static func names(in folder: String) -> [String] {
        guard let stream = unsafe opendir(folder) else { return [] }
        defer { unsafe closedir(stream) }
        var names: [String] = []
        while let entry = unsafe readdir(stream) {
            let name = unsafe withUnsafePointer(to: &entry.pointee.d_name) { bytes in
                unsafe bytes.withMemoryRebound(to: CChar.self, capacity: Int(NAME_MAX) + 1) {
                    unsafe String(cString: $0)
                }
            }
            if name != ".", name != ".." { names.append(name) }
        }
        return names.sorted()
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
            hint: "run `\(lines.joined(separator: " && "))` as root or as the owner, and replace the keys if somebody "
                + "may have read them")
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
