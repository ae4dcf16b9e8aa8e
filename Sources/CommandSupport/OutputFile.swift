import Glibc
import Platform

/// Writes a file completely or not at all: under a temporary name, synced, then renamed.
package enum OutputFile {
    /// Writes `bytes` to `path`, and replaces an existing file in one step.
    ///
    /// It replaces only a regular file that its owner may write, or a read-only file by a read-only file: never a
    /// device, a pipe or a key. A symbolic link stays; its target is replaced.
    ///
    /// - Parameters:
    ///   - bytes: the whole content.
    ///   - path: the file's path; its folder must exist.
    ///   - mode: permission bits of the new file.
    /// - Throws: `output_unwritable`; no file is left then.
    package static func write(_ bytes: [UInt8], to path: String, mode: UInt32 = 0o644) throws(CommandError) {
        let place = try replaceable(path, mode: mode)
        let temporary = "\(place).\(getpid()).tmp"
        let descriptor = unsafe open(temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, mode)
        guard descriptor >= 0 else { throw failure(path) }
        let complete = WholeTransfer.write(bytes, to: descriptor) && fsync(descriptor) == 0
        let cause = complete ? nil : failure(path)
        let closed = close(descriptor) == 0
        guard complete, closed, unsafe rename(temporary, place) == 0 else {
            let cause = cause ?? failure(path)
            unsafe unlink(temporary)
            throw cause
        }
    }

    /// Syncs a folder, so that its new file names reach the disk before any later write.
    ///
    /// Throws `output_unwritable`.
    package static func sync(folder path: String) throws(CommandError) {
        guard Folder.sync(path) else { throw failure(path) }
    }

    /// The path to write to, with symbolic links resolved.
    private static func replaceable(_ path: String, mode: UInt32) throws(CommandError) -> String {
        var status = stat()
        guard unsafe stat(path, &status) == 0 else { return path }
        let kind = status.st_mode & S_IFMT
        guard kind == S_IFREG else {
            throw failure(path, kind == S_IFDIR ? "it is a folder" : "it is a device, a pipe or a socket")
        }
        guard status.st_mode & 0o200 != 0 || mode & 0o200 == 0 else { throw failure(path, "it is read-only") }
        guard let resolved = unsafe realpath(path, nil) else { throw failure(path) }
        defer { unsafe free(resolved) }
        return unsafe String(cString: resolved)
    }

    private static func failure(_ path: String) -> CommandError {
        failure(path, unsafe String(cString: strerror(errno)))
    }

    private static func failure(_ path: String, _ reason: String) -> CommandError {
        CommandError(
            code: "output_unwritable", reason: "\(path) cannot be written: \(reason)",
            hint: "name a file in an existing folder that you may write to")
    }
}
