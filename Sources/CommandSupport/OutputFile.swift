import Glibc

/// A file that appears whole or not at all: written beside its place, synced, then renamed.
package enum OutputFile {
    /// Writes `bytes` to `path`, replacing what was there in one step.
    ///
    /// - Parameters:
    ///   - bytes: the whole content.
    ///   - path: where it goes; its folder must exist.
    ///   - mode: permission bits of the new file.
    /// - Throws: `output_unwritable`; nothing is left behind then.
    package static func write(_ bytes: [UInt8], to path: String, mode: UInt32 = 0o644) throws(CommandError) {
        let temporary = "\(path).\(getpid()).tmp"
        let descriptor = unsafe open(temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, mode)
        guard descriptor >= 0 else { throw failure(path) }
        let complete = writeAll(bytes, to: descriptor) && fsync(descriptor) == 0
        let closed = close(descriptor) == 0
        guard complete, closed, unsafe rename(temporary, path) == 0 else {
            let cause = failure(path)
            unsafe unlink(temporary)
            throw cause
        }
    }

    private static func writeAll(_ bytes: [UInt8], to descriptor: Int32) -> Bool {
        var written = 0
        while written < bytes.count {
            let count = unsafe bytes.withUnsafeBytes { buffer in
                unsafe Glibc.write(descriptor, buffer.baseAddress?.advanced(by: written), buffer.count - written)
            }
            if count < 0 && errno == EINTR { continue }
            if count <= 0 { return false }
            written += count
        }
        return true
    }

    private static func failure(_ path: String) -> CommandError {
        CommandError(
            code: "output_unwritable",
            reason: "\(path) cannot be written: \(unsafe String(cString: strerror(errno)))",
            hint: "name a file in a folder that exists and that you may write to")
    }
}
