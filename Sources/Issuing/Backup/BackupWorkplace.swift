import Glibc
import Platform

/// The folder inside an installation in which a backup makes its plain copy of the registry.
final class BackupWorkplace {
    private let lock: LockedFile
    private let folder: String

    /// Makes the folder, after removing what a killed backup left.
    ///
    /// - Throws: `state_busy` while another backup is made, `state_missing`, `state_unwritable`.
    init(_ state: StateDirectory) throws(OperationError) {
        guard let lock = try Self.lock(state, timeoutMilliseconds: 0) else {
            throw OperationError(
                code: .stateBusy, reason: "another backup of \(state.path) is being made",
                hint: "wait until it has ended")
        }
        self.lock = lock
        folder = state.backupWorkplace
        Folder.remove(folder)
        guard unsafe mkdir(folder, 0o700) == 0, Self.giveToOwner(of: state, folder) else {
            throw Self.unwritable(folder)
        }
    }

    deinit { Folder.remove(folder) }

    /// Makes an empty file that this user alone can read.
    func file(_ name: String) throws(OperationError) -> String {
        let path = "\(folder)/\(name)"
        let descriptor = unsafe open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw Self.unwritable(path) }
        close(descriptor)
        return path
    }

    /// Removes what a killed backup left, unless a backup is being made.
    static func removeLeftovers(in state: StateDirectory) {
        guard unsafe access(state.backupWorkplace, F_OK) == 0,
            let lock = (try? lock(state, timeoutMilliseconds: 0)) ?? nil
        else { return }
        withExtendedLifetime(lock) { Folder.remove(state.backupWorkplace) }
    }

    /// Takes the lock; nil while another process has it.
    private static func lock(
        _ state: StateDirectory, timeoutMilliseconds: Int
    ) throws(OperationError) -> LockedFile? {
        let path = state.backupLock
        let descriptor = unsafe open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0o600)
        guard descriptor >= 0 else {
            guard errno == ENOENT || errno == ENOTDIR else { throw unwritable(path) }
            throw state.missing
        }
        let file = LockedFile(descriptor, at: path)
        guard giveToOwner(of: state, path) else { throw unwritable(path) }
        do throws(LockedFileError) {
            try file.lock(timeoutMilliseconds: timeoutMilliseconds)
        } catch {
            guard error == .busy else { throw unwritable(path) }
            return nil
        }
        return file
    }

    /// Gives a file that root made to the installation's owner, who refuses other users' files.
    private static func giveToOwner(of state: StateDirectory, _ path: String) -> Bool {
        var status = stat()
        guard geteuid() == 0, unsafe stat(state.path, &status) == 0 else { return true }
        return unsafe lchown(path, status.st_uid, status.st_gid) == 0
    }

    private static func unwritable(_ path: String) -> OperationError {
        OperationError(
            code: .stateUnwritable,
            reason: "\(path) cannot be made or written: \(unsafe String(cString: strerror(errno)))",
            hint: "run the command as the user who owns the installation, and check the disk")
    }
}

extension StateDirectory {
    /// The folder of a backup's plain copy, which is there only while a backup is made.
    var backupWorkplace: String { path + "/backup-unfinished" }
    /// Held by the one process that makes a backup.
    var backupLock: String { path + "/run/backup-lock" }
}
