package import Encoding
import Glibc
import Platform
package import Signing
import Storage

/// Lists a backup, and puts one into a new folder, which then waits for its recovery.
package enum BackupRestore {
    /// The manifest of a backup.
    ///
    /// - Throws: `backup_unreadable`.
    package static func manifest(of path: String, openedBy key: ReceivingKey) throws(OperationError) -> JSONValue {
        try BackupReader(path, openedBy: key).manifest.json
    }

    /// Puts a backup into a folder, which refuses to serve until it is recovered.
    ///
    /// - Parameters:
    ///   - path: the backup.
    ///   - key: the recovery key's private half.
    ///   - state: a folder that is new or empty, or in which an earlier restore was cut off.
    /// - Returns: the manifest.
    /// - Throws: `backup_unreadable`, `state_exists`, `state_unwritable`; the folder is empty or gone then.
    package static func restore(
        _ path: String, openedBy key: ReceivingKey, to state: StateDirectory
    ) throws(OperationError) -> JSONValue {
        let backup = try BackupReader(path, openedBy: key)
        try prepare(state)
        do {
            for folder in ["keys", "run"] + LogName.allCases.map(\.folder) {
                try makeFolder("\(state.path)/\(folder)", mode: 0o700)
            }
            var output: Output?
            try backup.visit { head, piece in
                if output?.path != head.path { output = try Output(head, in: state) }
                if let piece { try output?.write(piece) } else { try output?.finish() }
            }
            try checkRegistry(of: state, backup, at: path)
            // Reading has made the files of a write-ahead log, which hold nothing.
            guard Folder.syncFileSystem(of: state.path) else { throw unwritable(state.path) }
            guard unsafe unlink(state.unfinishedRestore) == 0, Folder.sync(state.path) else {
                throw unwritable(state.unfinishedRestore)
            }
            return backup.manifest.json
        } catch {
            empty(state)
            _ = unsafe rmdir(state.path)
            throw OperationError(any: error)
        }
    }

    /// Refuses a backup without its settings, or without the registry that they place in the folder.
    private static func checkRegistry(
        of state: StateDirectory, _ backup: borrowing BackupReader, at path: String
    ) throws {
        let names = backup.manifest.files.map(\.path)
        func require(_ name: String) throws {
            guard names.contains(name) else {
                throw OperationError(
                    code: .backupUnreadable, reason: "the backup \(path) has no \(name)", hint: "use another backup")
            }
        }
        try require("suishend.yaml")
        let place = try RegistryPlace(state, Settings(contentsOf: state.settings))
        guard case .file = place else { return }
        try require(InstallationBackup.registryFile)
        guard try place.readingOnly().read({ try $0.isRecoveryNeeded() }) else {
            throw OperationError(
                code: .backupUnreadable, reason: "the backup's registry is not marked as a copy",
                hint: "use another backup")
        }
    }

    /// Makes the folder, with the mark that keeps it closed until everything is there.
    private static func prepare(_ state: StateDirectory) throws(OperationError) {
        if unsafe mkdir(state.path, 0o700) != 0 {
            guard errno == EEXIST else { throw unwritable(state.path) }
            let names = Folder.names(in: state.path)
            let isUnfinished = unsafe access(state.unfinishedRestore, F_OK) == 0
            guard names.isEmpty || isUnfinished else {
                throw OperationError(
                    code: .stateExists, reason: "\(state.path) exists already and is not empty",
                    hint: "name a new or an empty folder; move a damaged installation away first")
            }
            guard unsafe chmod(state.path, 0o700) == 0 else { throw unwritable(state.path) }
            if isUnfinished { empty(state, keepingMark: true) }
        }
        let descriptor = unsafe open(
            state.unfinishedRestore, O_WRONLY | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0o600)
        guard descriptor >= 0 else { throw unwritable(state.unfinishedRestore) }
        let isSynced = fsync(descriptor) == 0
        close(descriptor)
        guard isSynced, Folder.sync(state.path) else { throw unwritable(state.unfinishedRestore) }
    }

    private static func empty(_ state: StateDirectory, keepingMark: Bool = false) {
        for name in Folder.names(in: state.path) where "\(state.path)/\(name)" != state.unfinishedRestore {
            Folder.remove("\(state.path)/\(name)", depthMax: 16)
        }
        if !keepingMark { unsafe unlink(state.unfinishedRestore) }
    }

    private static func makeFolder(_ path: String, mode: mode_t) throws(OperationError) {
        guard unsafe mkdir(path, mode) == 0 || errno == EEXIST else { throw unwritable(path) }
    }

    /// A file that is being restored.
    private final class Output {
        let path: String
        private let file: String
        private let descriptor: Int32
        private var isOpen = true

        init(_ head: BackupFileHead, in state: StateDirectory) throws(OperationError) {
            path = head.path
            file = "\(state.path)/\(head.path)"
            var folder = state.path
            for part in head.path.split(separator: "/").dropLast() {
                folder += "/\(part)"
                try makeFolder(folder, mode: 0o755)
            }
            let isPublic = BackupFileHead.isOfLog(path) || !path.hasPrefix("keys/") && head.mode == 0o644
            let mode: mode_t = isPublic ? 0o644 : path.hasPrefix("keys/") ? 0o400 : 0o600
            descriptor = unsafe open(file, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, mode)
            guard descriptor >= 0 else { throw unwritable(file) }
        }

        deinit { if isOpen, descriptor >= 0 { close(descriptor) } }

        func write(_ bytes: [UInt8]) throws(OperationError) {
            guard WholeTransfer.write(bytes, to: descriptor) else { throw unwritable(file) }
        }

        /// Closes the file; everything is synced together at the end.
        func finish() throws(OperationError) {
            isOpen = false
            guard close(descriptor) == 0 else { throw unwritable(file) }
        }
    }

    private static func unwritable(_ path: String) -> OperationError {
        OperationError(
            code: .stateUnwritable,
            reason: "\(path) cannot be made or written: \(unsafe String(cString: strerror(errno)))",
            hint: "check the disk, the parent folder and its permissions")
    }
}
