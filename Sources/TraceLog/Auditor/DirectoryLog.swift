import Glibc

/// A log in a folder in tlog-tiles layout.
package struct DirectoryLog: AuditSource {
    private let folder: String

    package init(folder: String) {
        self.folder = folder
    }

    package func read(_ path: String, byteCountMax: Int) throws(AuditSourceError) -> [UInt8]? {
        let descriptor = unsafe open("\(folder)/\(path)", O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else {
            if errno == ENOENT || errno == ENOTDIR { return nil }
            throw unreadable(path)
        }
        defer { close(descriptor) }
        var status = stat()
        guard unsafe fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG else { throw unreadable(path) }
        guard status.st_size <= byteCountMax else {
            throw AuditSourceError(
                code: .tooLarge, reason: "\(folder)/\(path) holds more than \(byteCountMax) bytes",
                hint: "name a folder in tlog-tiles layout")
        }
        var failed = false
        let bytes = unsafe [UInt8](unsafeUninitializedCapacity: Int(status.st_size)) { buffer, count in
            while count < buffer.count {
                let got = unsafe Glibc.read(descriptor, buffer.baseAddress?.advanced(by: count), buffer.count - count)
                if got < 0 && errno == EINTR { continue }
                if got < 0 { failed = true }
                if got <= 0 { return }
                count += got
            }
        }
        if failed { throw unreadable(path) }
        return bytes
    }

    private func unreadable(_ path: String) -> AuditSourceError {
        AuditSourceError(
            code: .unreadable,
            reason: "\(folder)/\(path) cannot be read: \(unsafe String(cString: strerror(errno)))",
            hint: "check the path and its permissions")
    }
}
