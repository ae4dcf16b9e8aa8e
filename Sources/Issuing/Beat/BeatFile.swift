import Glibc
import Storage
import Platform

/// The beat's file; each write replaces it whole and is on disk, with its folder's entry, when the call returns.
struct BeatFile: Sendable {
    let path: String

    /// Reads the beat.
    ///
    /// - Returns: nil when there is no file.
    /// - Throws: `beat_unreadable` for a file that is not a complete beat, or that other users can write.
    func read() throws(OperationError) -> Beat? {
        let bytes: [UInt8]
        let isOwn: Bool
        do throws(RegularFileError) {
            let file = try RegularFile(path, byteCountMax: Beat.byteCountMax, followsLink: false)
            let (mode, owner) = (file.status.st_mode, file.status.st_uid)
            isOwn = mode & 0o022 == 0 && (owner == geteuid() || owner == 0)
            bytes = isOwn ? try file.bytes() : []
        } catch {
            guard error != .system(ENOENT) else { return nil }
            throw unreadable(error.reason)
        }
        guard isOwn else { throw unreadable("other users can write it") }
        guard let beat = Beat(text: bytes) else {
            guard !Beat.isNewer(text: bytes) else { throw newer }
            throw unreadable("it is not a complete beat")
        }
        return beat
    }

    /// Makes the file of a new installation, or of one that never had a beat.
    ///
    /// - Throws: `beat_exists` when the path exists already, or `beat_unwritable`; no file is left behind then.
    func create(_ beat: Beat) throws(OperationError) {
        let temporary = "\(path).\(getpid()).new"
        try place(beat, at: temporary)
        defer { unsafe unlink(temporary) }
        // link(2), unlike rename(2), does not replace an existing file.
        guard unsafe link(temporary, path) == 0 else {
            guard errno == EEXIST else { throw unwritable(Self.systemReason) }
            throw OperationError(
                code: .beatExists, reason: "\(path) exists already and is another installation's beat",
                hint: "name another folder, or set `beat` to another path; never remove a beat that is in use")
        }
        guard Folder.sync(folder) else { throw unwritable(Self.systemReason) }
    }

    /// Replaces the beat in the file.
    ///
    /// - Throws: `beat_unwritable`; the file then holds the old or the new beat, complete.
    func replace(with beat: Beat) throws(OperationError) {
        var status = stat()
        if unsafe lstat(path, &status) == 0, status.st_mode & 0o200 == 0 { throw unwritable("it is read-only") }
        let temporary = path + ".new"
        // A crash may have left a temporary file.
        unsafe unlink(temporary)
        try place(beat, at: temporary)
        guard unsafe rename(temporary, path) == 0 else {
            let reason = Self.systemReason
            unsafe unlink(temporary)
            throw unwritable(reason)
        }
        guard Folder.sync(folder) else { throw unwritable(Self.systemReason) }
    }

    /// The error for a folder that this user may not write to, found without writing; nil otherwise.
    func obstacle() -> OperationError? {
        unsafe access(folder, W_OK | X_OK) == 0 ? nil : unwritable(Self.systemReason)
    }

    private func place(_ beat: Beat, at temporary: String) throws(OperationError) {
        let descriptor = unsafe open(temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0o600)
        guard descriptor >= 0 else { throw unwritable(Self.systemReason) }
        let isWhole = WholeTransfer.write(Array(beat.text.utf8), to: descriptor) && fsync(descriptor) == 0
        let reason = Self.systemReason
        guard close(descriptor) == 0, isWhole else {
            unsafe unlink(temporary)
            throw unwritable(reason)
        }
    }

    private var folder: String {
        let parts = path.split(separator: "/").dropLast()
        return (path.hasPrefix("/") ? "/" : "./") + parts.joined(separator: "/")
    }

    private static var systemReason: String { unsafe String(cString: strerror(errno)) }

    private func unreadable(_ reason: String) -> OperationError {
        OperationError(
            code: .beatUnreadable, reason: "the beat \(path) cannot be read: \(reason)",
            hint: "repair its owner, mode or disk; if its content is lost, move it away and "
                + OperationError.recovering)
    }

    private var newer: OperationError {
        OperationError(
            StorageError(
                code: .schemaNewer, reason: "the beat \(path) was written by a later version",
                hint: "use the version that opened the installation last"))
    }

    func unwritable(_ reason: String) -> OperationError {
        OperationError(
            code: .beatUnwritable,
            reason: "the beat \(path) cannot be written: \(reason); the change itself may be on disk",
            hint: "repair the beat's disk or folder, then send the request again with its idempotency key")
    }
}

extension OperationError {
    /// The fix for a registry that was restored from a copy.
    static let recovering = "run `suishen recover --published DIR` with the newest bundle, lists and checkpoint"
}
