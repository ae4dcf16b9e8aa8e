import COpenSSL
import Glibc
import Platform

/// A file with a secret in it: created once with mode 0400, and refused when other users have access to it.
package enum SecretFile {
    /// Reads a secret file whole.
    ///
    /// - Parameters:
    ///   - path: a regular file to which only its owner has access.
    ///   - byteCountMax: the most bytes it may hold; checked before any is read.
    /// - Returns: the file's bytes.
    /// - Throws: `key_unreadable`, `key_permissions` or `key_too_large`.
    package static func read(_ path: String, byteCountMax: Int) throws(SigningError) -> [UInt8] {
        let mode: mode_t
        do throws(RegularFileError) {
            let file = try RegularFile(path, byteCountMax: byteCountMax)
            if file.status.st_mode & 0o077 == 0 { return try file.bytes() }
            mode = file.status.st_mode & 0o7777
        } catch {
            guard case .tooLong(let byteCount) = error else { throw unreadable(path, error.reason) }
            throw SigningError(
                code: .keyTooLarge,
                reason: "\(path) holds \(byteCount) bytes, more than the limit of \(byteCountMax)",
                hint: "name the file that holds the secret")
        }
        throw SigningError(
            code: .keyPermissions,
            reason: "\(path) has mode 0\(String(mode, radix: 8)), which gives other users access to the secret in it",
            hint: "run chmod 0400 \(path), and replace the secret if somebody may have read it")
    }

    /// Creates a secret file with mode 0400 and syncs the file and its folder to the disk.
    ///
    /// - Parameters:
    ///   - bytes: the whole content.
    ///   - path: the new file's path; nothing may exist there.
    /// - Throws: `key_exists` or `key_unwritable`; no file is left then.
    package static func create(_ bytes: [UInt8], at path: String) throws(SigningError) {
        let descriptor = unsafe open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o400)
        guard descriptor >= 0 else {
            guard errno == EEXIST else { throw unwritable(path, systemReason()) }
            throw SigningError(
                code: .keyExists,
                reason: "\(path) already exists",
                hint: "choose another path; a key is never overwritten")
        }
        // The umask may have removed the owner's permission to read.
        let complete =
            fchmod(descriptor, 0o400) == 0 && WholeTransfer.write(bytes, to: descriptor) && fsync(descriptor) == 0
        let cause = complete ? nil : systemReason()
        let closed = close(descriptor) == 0
        guard complete, closed, syncFolder(of: path) else {
            let reason = cause ?? systemReason()
            unsafe unlink(path)
            throw unwritable(path, reason)
        }
    }

    /// Replaces a secret file in one step, and overwrites its former content once the new one is on the disk.
    ///
    /// A file system that writes in other places than before, and a disk that spreads its writes, keep the old bytes.
    ///
    /// - Parameters:
    ///   - path: the file.
    ///   - bytes: the new content.
    ///   - temporary: a path in the same folder, where nothing lies.
    /// - Throws: `key_exists` or `key_unwritable`; the file is unchanged then.
    package static func replace(
        _ path: String, with bytes: [UInt8], temporary: String
    ) throws(SigningError) {
        try create(bytes, at: temporary)
        var status = stat()
        // Its owner may not write to a file of mode 0400.
        let isReady = unsafe chmod(path, 0o600) == 0
        let former = isReady ? unsafe open(path, O_WRONLY | O_CLOEXEC | O_NOFOLLOW) : -1
        guard former >= 0, unsafe fstat(former, &status) == 0, unsafe rename(temporary, path) == 0 else {
            let reason = systemReason()
            if former >= 0 { close(former) }
            unsafe chmod(path, 0o400)
            unsafe unlink(temporary)
            throw unwritable(path, reason)
        }
        let isSynced = syncFolder(of: path)
        let zeros = [UInt8](repeating: 0, count: Int(status.st_size))
        let isOverwritten = WholeTransfer.write(zeros, to: former) && fsync(former) == 0
        close(former)
        guard isSynced, isOverwritten else { throw unwritable(path, systemReason()) }
    }

    /// Overwrites a secret that is no longer needed, in a way that the compiler cannot optimise away.
    package static func wipe(_ bytes: inout [UInt8]) {
        unsafe bytes.withUnsafeMutableBytes { buffer in unsafe OPENSSL_cleanse(buffer.baseAddress, buffer.count) }
    }

    /// Overwrites a secret in memory of somebody else's.
    package static func wipe(_ buffer: UnsafeMutableRawBufferPointer) {
        unsafe OPENSSL_cleanse(buffer.baseAddress, buffer.count)
    }

    private static func syncFolder(of path: String) -> Bool {
        let folder = path.lastIndex(of: "/").map { slash in slash == path.startIndex ? "/" : String(path[..<slash]) }
        return Folder.sync(folder ?? ".")
    }

    private static func systemReason() -> String {
        unsafe String(cString: strerror(errno))
    }

    private static func unreadable(_ path: String, _ reason: String) -> SigningError {
        SigningError(
            code: .keyUnreadable,
            reason: "\(path) cannot be read: \(reason)",
            hint: "check the path and that this user owns the file")
    }

    private static func unwritable(_ path: String, _ reason: String) -> SigningError {
        SigningError(
            code: .keyUnwritable,
            reason: "\(path) cannot be written: \(reason)",
            hint: "name a path in an existing folder that this user may write to")
    }
}
