import Glibc

/// The gate's own files: read whole under a limit, replaced whole.
enum GateFile {
    /// Reads a file of at most `byteCountMax` bytes.
    static func read(_ path: String, byteCountMax: Int) throws(BundleError) -> [UInt8] {
        let descriptor = unsafe open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw unreadable(path) }
        defer { close(descriptor) }
        var status = stat()
        guard unsafe fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG else {
            throw unreadable(path)
        }
        guard status.st_size <= byteCountMax else {
            throw .malformed("\(path) holds more than \(byteCountMax) bytes")
        }
        var bytes = [UInt8](repeating: 0, count: Int(status.st_size))
        var filled = 0
        while filled < bytes.count {
            let count = unsafe bytes.withUnsafeMutableBytes { buffer in
                unsafe Glibc.read(descriptor, buffer.baseAddress?.advanced(by: filled), buffer.count - filled)
            }
            if count < 0 && errno == EINTR { continue }
            guard count > 0 else { throw unreadable(path) }
            filled += count
        }
        return bytes
    }

    /// Replaces `path` in one step that survives a power cut.
    static func replace(_ path: String, with bytes: [UInt8]) throws(BundleError) {
        let temporary = "\(path).\(getpid()).tmp"
        unsafe unlink(temporary)
        let descriptor = unsafe open(temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw unwritable(path) }
        var written = 0
        while written < bytes.count {
            let count = unsafe bytes.withUnsafeBytes { buffer in
                unsafe Glibc.write(descriptor, buffer.baseAddress?.advanced(by: written), buffer.count - written)
            }
            if count < 0 && errno == EINTR { continue }
            if count <= 0 { break }
            written += count
        }
        let isComplete = written == bytes.count && fsync(descriptor) == 0
        close(descriptor)
        guard isComplete, unsafe rename(temporary, path) == 0 else {
            unsafe unlink(temporary)
            throw unwritable(path)
        }
    }

    /// Makes a folder that only this user enters, where there is none.
    static func makeFolder(_ path: String) throws(BundleError) {
        guard unsafe mkdir(path, 0o700) == 0 || errno == EEXIST else { throw unwritable(path) }
    }

    static func unreadable(_ path: String) -> BundleError {
        BundleError(
            code: .unreadable, reason: "\(path) cannot be read: \(unsafe String(cString: strerror(errno)))",
            hint: "export a bundle with `suishen bundle export` and name its folder with --bundle")
    }

    static func unwritable(_ path: String) -> BundleError {
        BundleError(
            code: .unreadable, reason: "\(path) cannot be written: \(unsafe String(cString: strerror(errno)))",
            hint: "the gate remembers there what it has seen; make the folder writable, or name another with --state")
    }
}
