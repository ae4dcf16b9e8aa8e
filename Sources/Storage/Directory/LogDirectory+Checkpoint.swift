import Glibc

extension LogDirectory: CheckpointRegister {
    package func head() throws(LogError) -> [UInt8]? {
        try read(PublishedCheckpoint.name)
    }

    /// Compares and replaces under a lock on the folder, which holds off other processes too.
    package func replace(
        expecting expected: [UInt8]?, with bytes: [UInt8], announce: () throws -> Void
    ) throws -> CheckpointReplacement {
        let folder = try lockedFolder()
        // The kernel releases the lock with the descriptor.
        defer { close(folder) }
        let present = try head()
        guard present == expected else { return .refused(present: present) }
        try announce()
        let temporary = try writeTemporary(bytes, for: PublishedCheckpoint.name)
        guard unsafe rename(temporary, path + "/" + PublishedCheckpoint.name) == 0 else {
            throw Self.unwritable(PublishedCheckpoint.name)
        }
        faults(.fileRenamed)
        guard fsync(folder) == 0 else { throw Self.unwritable(PublishedCheckpoint.name) }
        return .replaced
    }

    /// Opens and locks the log's folder, which may be new; the caller closes the descriptor.
    ///
    /// - Throws: `log_unwritable` instead of waiting, so that nobody who may read the folder can stop the caller.
    private func lockedFolder() throws(LogError) -> Int32 {
        var folder = unsafe open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        if folder < 0, errno == ENOENT, Self.makeFolders(path) {
            folder = unsafe open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        }
        guard folder >= 0 else { throw Self.unwritable(PublishedCheckpoint.name) }
        guard flock(folder, LOCK_EX | LOCK_NB) == 0 else {
            let error = errno == EWOULDBLOCK ? Self.busy : Self.unwritable(PublishedCheckpoint.name)
            close(folder)
            throw error
        }
        return folder
    }

    private static let busy = LogError(
        code: .logUnwritable, reason: "another program holds the log's folder locked",
        hint: "end the other program that publishes to this folder; the log then goes on by itself")
}
