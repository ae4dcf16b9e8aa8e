import Glibc
import Platform

/// The gate's own files: read whole under a limit, replaced whole.
enum GateFile {
    /// Reads a file of at most `byteCountMax` bytes.
    static func read(_ path: String, byteCountMax: Int) throws(BundleError) -> [UInt8] {
        try readIdentified(path, byteCountMax: byteCountMax).bytes
    }

    /// Reads a file of at most `byteCountMax` bytes, and returns its identity with the bytes.
    static func readIdentified(
        _ path: String, byteCountMax: Int
    ) throws(BundleError) -> (bytes: [UInt8], identity: FileIdentity) {
        do throws(RegularFileError) {
            let file = try RegularFile(path, byteCountMax: byteCountMax)
            return (try file.bytes(), FileIdentity(file.status))
        } catch {
            guard case .tooLong = error else { throw unreadable(path, error.reason) }
            throw .malformed("\(path) holds more than \(byteCountMax) bytes")
        }
    }

    /// Reads a file that only trusted users can change or exchange.
    static func read(_ path: String, of users: TrustedUsers, byteCountMax: Int) throws(BundleError) -> [UInt8] {
        try check(path, users)
        return try read(path, byteCountMax: byteCountMax)
    }

    /// Refuses a path whose file or folder another user could change or exchange.
    ///
    /// Throws `bundle_unreadable`.
    static func check(_ path: String, _ users: TrustedUsers) throws(BundleError) {
        do throws(UntrustedEntry) {
            try users.check(path)
        } catch {
            throw BundleError(code: .unreadable, reason: error.reason, hint: error.hint)
        }
    }

    /// Replaces `path` by the parts, one after the other, in one step that survives a power cut.
    static func replace(_ path: String, with parts: [UInt8]...) throws(BundleError) {
        // A random name, since gates in two containers may have the same process identifier.
        var temporary = Array("\(path).XXXXXX".utf8CString)
        let descriptor = unsafe mkstemp(&temporary)
        guard descriptor >= 0 else { throw unwritable(path) }
        let isComplete = parts.allSatisfy { WholeTransfer.write($0, to: descriptor) } && fsync(descriptor) == 0
        close(descriptor)
        guard isComplete, unsafe rename(temporary, path) == 0 else {
            let refusal = unwritable(path)
            unsafe unlink(temporary)
            throw refusal
        }
    }

    /// Runs `body` under the lock of a folder, which stands for the folder's files, and returns its result.
    ///
    /// Throws the error of `body`, `bundle_unreadable`, or `state_busy` after ``LockedFile/timeoutMilliseconds``.
    static func exclusively<Value>(
        in folder: String, _ body: (LockedFile) throws(BundleError) -> Value
    ) throws(BundleError) -> Value {
        guard let lock = LockedFile(folder: folder) else { throw unreadable(folder) }
        return try lock.exclusively(failure: { unlocked(folder, $0) }) { () throws(BundleError) in try body(lock) }
    }

    /// Replaces the file `name` of a folder whose lock is held, and makes the new name durable.
    static func replace(
        _ name: String, of folder: String, with bytes: [UInt8], under lock: LockedFile
    ) throws(BundleError) {
        try replace("\(folder)/\(name)", with: bytes)
        guard fsync(lock.descriptor) == 0 else { throw unwritable(folder) }
    }

    /// Makes a folder that only this user can enter, unless the folder exists.
    ///
    /// Throws `bundle_unreadable` for a folder that another user owns or can write: the gate trusts the folder's files.
    static func makeFolder(_ path: String) throws(BundleError) {
        guard unsafe mkdir(path, 0o700) == 0 || errno == EEXIST else { throw unwritable(path) }
        var status = stat()
        guard unsafe stat(path, &status) == 0 else { throw unreadable(path) }
        guard status.st_mode & S_IFMT == S_IFDIR else {
            throw BundleError(
                code: .unreadable, reason: "\(path) is not a folder", hint: "name the gate's folder with --state")
        }
        guard isOwn(status) else {
            let mode = String(status.st_mode & 0o7777, radix: 8)
            throw BundleError(
                code: .unreadable,
                reason: "\(path) belongs to user \(status.st_uid) with mode 0\(mode), so others can change it",
                hint: "name a new folder with --state; if you trust this one, chown it to this user and chmod it 0700")
        }
    }

    /// Whether only this user or root can write a file or folder.
    static func isOwn(_ status: stat) -> Bool {
        (status.st_uid == geteuid() || status.st_uid == 0) && status.st_mode & (S_IWGRP | S_IWOTH) == 0
    }

    static func unreadable(_ path: String) -> BundleError {
        unreadable(path, unsafe String(cString: strerror(errno)))
    }

    private static func unreadable(_ path: String, _ reason: String) -> BundleError {
        BundleError(
            code: .unreadable, reason: "\(path) cannot be read: \(reason)",
            hint: "export a bundle with `suishen bundle export` and name its folder with --bundle")
    }

    static func unwritable(_ path: String) -> BundleError {
        BundleError(
            code: .unreadable, reason: "\(path) cannot be written: \(unsafe String(cString: strerror(errno)))",
            hint: "the gate keeps its state there; make the folder writable, or name another with --state")
    }

    /// The error of a file or folder of the gate that was not locked.
    static func unlocked(_ path: String, _ error: LockedFileError) -> BundleError {
        guard error == .busy else {
            return BundleError(
                code: .unreadable, reason: "\(path) cannot be locked: \(error.reason)",
                hint: "keep the gate's state on a local disk, in a folder of this user, and do not move it")
        }
        return BundleError(
            code: .busy,
            reason: "another process has held the lock of \(path) for over \(LockedFile.timeoutMilliseconds / 1000) s",
            hint: "look for a stopped or hanging `verify` that uses the file (`fuser \(path)`), and end it")
    }
}
