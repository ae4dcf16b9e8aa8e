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
        // Without O_NONBLOCK, opening a named pipe in the file's place would block the gate for ever.
        let descriptor = unsafe open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        guard descriptor >= 0 else { throw unreadable(path) }
        defer { close(descriptor) }
        var status = stat()
        guard unsafe fstat(descriptor, &status) == 0 else { throw unreadable(path) }
        guard status.st_mode & S_IFMT == S_IFREG else { throw unreadable(path, "it is not a regular file") }
        guard status.st_size <= byteCountMax else {
            throw .malformed("\(path) holds more than \(byteCountMax) bytes")
        }
        var bytes = [UInt8](repeating: 0, count: Int(status.st_size))
        guard WholeTransfer.read(descriptor, into: &bytes) == bytes.count else { throw unreadable(path) }
        return (bytes, FileIdentity(status))
    }

    /// Replaces `path` in one step that survives a power cut.
    static func replace(_ path: String, with bytes: [UInt8]) throws(BundleError) {
        // A random name, since gates in two containers may have the same process identifier.
        var temporary = Array("\(path).XXXXXX".utf8CString)
        let descriptor = unsafe mkstemp(&temporary)
        guard descriptor >= 0 else { throw unwritable(path) }
        let isComplete = WholeTransfer.write(bytes, to: descriptor) && fsync(descriptor) == 0
        close(descriptor)
        guard isComplete, unsafe rename(temporary, path) == 0 else {
            let refusal = unwritable(path)
            unsafe unlink(temporary)
            throw refusal
        }
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

    /// Whether an open file is still the regular file at `path`.
    ///
    /// After a file is moved or deleted, other processes make a new one at the path and do not see writes to the old
    /// one. A device at the path keeps no data.
    static func isSameFile(_ descriptor: Int32, at path: String) -> Bool {
        var (opened, named) = (stat(), stat())
        return unsafe fstat(descriptor, &opened) == 0 && stat(path, &named) == 0
            && opened.st_mode & S_IFMT == S_IFREG && opened.st_dev == named.st_dev && opened.st_ino == named.st_ino
    }

    /// The reason for a file that is no longer at the path where it was opened.
    static let displacedReason = "it is not a regular file, or not the file that was opened"

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
}
