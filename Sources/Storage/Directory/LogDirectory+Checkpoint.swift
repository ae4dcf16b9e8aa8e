import Glibc
import Platform

extension LogDirectory: CheckpointRegister {
    package func head() throws(LogError) -> [UInt8]? {
        try read(PublishedCheckpoint.name)
    }

    /// Compares and replaces under a lock, which holds off other processes too.
    package func replace(
        expecting expected: [UInt8]?, with bytes: [UInt8], announce: () throws -> Void
    ) throws -> CheckpointReplacement {
        let lock = try locked()
        defer { withExtendedLifetime(lock) {} }
        let present = try head()
        guard present == expected else { return .refused(present: present) }
        try announce()
        let temporary = try writeTemporary(bytes, for: PublishedCheckpoint.name)
        guard unsafe rename(temporary, path + "/" + PublishedCheckpoint.name) == 0 else {
            throw Self.unwritable(PublishedCheckpoint.name)
        }
        faults(.fileRenamed)
        try sync([PublishedCheckpoint.name])
        return .replaced
    }

    /// Opens and locks the lock file in the log's folder, which may be new.
    ///
    /// Whoever can open a file can lock it. So only this process's user can open the lock file, and a reader of the
    /// folder cannot delay a publication.
    ///
    /// - Throws: `log_unwritable` instead of waiting.
    private func locked() throws(LogError) -> LockedFile {
        let file = path + "/" + Self.lockName
        guard Self.makeFolders(path) else { throw Self.unwritable(Self.lockName) }
        let descriptor = unsafe open(file, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK, 0o600)
        guard descriptor >= 0 else { throw Self.unwritable(Self.lockName) }
        let lock = LockedFile(descriptor, at: file)
        guard fchmod(descriptor, 0o600) == 0 else { throw Self.unwritable(Self.lockName) }
        do throws(LockedFileError) {
            try lock.lock(timeoutMilliseconds: 0)
        } catch {
            throw error == .busy ? Self.busy : Self.unwritable(Self.lockName)
        }
        return lock
    }

    /// The lock file's name; it is no part of the published log.
    static let lockName = ".lock"

    private static let busy = LogError(
        code: .logUnwritable, reason: "another program publishes to the log's folder",
        hint: "end the other program that publishes to this folder; the log then goes on by itself")
}
