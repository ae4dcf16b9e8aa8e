import Glibc
import Platform

/// The gate's own files: read whole under a limit, replaced whole.
enum GateFile {
    /// Reads a file of at most `byteCountMax` bytes.
    static func read(_ path: String, byteCountMax: Int) throws(BundleError) -> [UInt8] {
        try readIdentified(path, byteCountMax: byteCountMax).bytes
    }

    /// Reads a file of at most `byteCountMax` bytes, and says which file that was.
    static func readIdentified(
        _ path: String, byteCountMax: Int
    ) throws(BundleError) -> (bytes: [UInt8], identity: FileIdentity) {
        // Without O_NONBLOCK a named pipe in the file's place would hold the gate up for ever.
        let descriptor = unsafe open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        guard descriptor >= 0 else { throw unreadable(path) }
        defer { close(descriptor) }
        var status = stat()
        guard unsafe fstat(descriptor, &status) == 0 else { throw unreadable(path) }
        guard status.st_mode & S_IFMT == S_IFREG else { throw unreadable(path, "it is no regular file") }
        guard status.st_size <= byteCountMax else {
            throw .malformed("\(path) holds more than \(byteCountMax) bytes")
        }
        var bytes = [UInt8](repeating: 0, count: Int(status.st_size))
        guard WholeTransfer.read(descriptor, into: &bytes) == bytes.count else { throw unreadable(path) }
        return (bytes, FileIdentity(status))
    }

    /// Replaces `path` in one step that survives a power cut.
    static func replace(_ path: String, with bytes: [UInt8]) throws(BundleError) {
        // A name of its own, since gates in two containers may have one process identifier.
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

    /// Makes a folder that only this user enters, where there is none.
    ///
    /// Throws `bundle_unreadable` for one that another user owns or can write: what a gate finds in it, it believes.
    static func makeFolder(_ path: String) throws(BundleError) {
        guard unsafe mkdir(path, 0o700) == 0 || errno == EEXIST else { throw unwritable(path) }
        var status = stat()
        guard unsafe stat(path, &status) == 0 else { throw unreadable(path) }
        guard status.st_mode & S_IFMT == S_IFDIR else {
            throw BundleError(
                code: .unreadable, reason: "\(path) is no folder", hint: "name the gate's folder with --state")
        }
        guard isOwn(status) else {
            let mode = String(status.st_mode & 0o7777, radix: 8)
            throw BundleError(
                code: .unreadable,
                reason: "\(path) is user \(status.st_uid)'s with mode 0\(mode), so that others can change it",
                hint: "name a new folder with --state, or trust what is in it: chown it to this user, chmod 0700")
        }
    }

    /// Whether only this user, or root, can write a file or folder.
    static func isOwn(_ status: stat) -> Bool {
        (status.st_uid == geteuid() || status.st_uid == 0) && status.st_mode & (S_IWGRP | S_IWOTH) == 0
    }

    /// Whether an open file is still the regular file that stands at `path`.
    ///
    /// One that was moved away or deleted takes what is written to it along, while others start anew at the path; a
    /// device in its place keeps nothing.
    static func stands(_ descriptor: Int32, at path: String) -> Bool {
        var (opened, named) = (stat(), stat())
        return unsafe fstat(descriptor, &opened) == 0 && stat(path, &named) == 0
            && opened.st_mode & S_IFMT == S_IFREG && opened.st_dev == named.st_dev && opened.st_ino == named.st_ino
    }

    /// What is wrong with a file that does not stand where it was opened.
    static let displaced = "it is no regular file, or no longer the one that was opened"

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
            hint: "the gate remembers there what it has seen; make the folder writable, or name another with --state")
    }
}
