import Glibc

/// A log in a folder in tlog-tiles layout.
package struct LogFolderSource: AuditSource {
    private let folder: String

    package init(folder: String) {
        self.folder = folder
    }

    package func read(_ path: String, byteCountMax: Int) throws(AuditSourceError) -> [UInt8]? {
        var bytes: [UInt8] = []
        return try read(path, byteCountMax: byteCountMax, into: &bytes) ? bytes : nil
    }

    package func read(_ path: String, byteCountMax: Int, into bytes: inout [UInt8]) throws(AuditSourceError) -> Bool {
        // Without O_NONBLOCK a named pipe in a file's place would block the audit for ever.
        let descriptor = unsafe open("\(folder)/\(path)", O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        guard descriptor >= 0 else {
            if errno == ENOENT || errno == ENOTDIR { return false }
            throw unreadable(path)
        }
        defer { close(descriptor) }
        var status = stat()
        guard unsafe fstat(descriptor, &status) == 0 else { throw unreadable(path) }
        guard status.st_mode & S_IFMT == S_IFREG else { throw unreadable(path, "it is not a regular file") }
        guard status.st_size <= byteCountMax else {
            throw AuditSourceError(
                code: .tooLarge, reason: "\(folder)/\(path) holds more than \(byteCountMax) bytes",
                hint: "name a folder in tlog-tiles layout")
        }
        bytes.removeAll(keepingCapacity: true)
        var failed = false
        bytes.append(addingCapacity: Int(status.st_size)) { span in
            unsafe span.withUnsafeMutableBufferPointer { buffer, count in
                while count < buffer.count {
                    let rest = unsafe UnsafeMutableBufferPointer(rebasing: buffer[count...])
                    let got = unsafe Glibc.read(descriptor, rest.baseAddress, rest.count)
                    if got < 0 && errno == EINTR { continue }
                    if got < 0 { failed = true }
                    if got <= 0 { return }
                    count += got
                }
            }
        }
        if failed { throw unreadable(path) }
        return true
    }

    private func unreadable(_ path: String) -> AuditSourceError {
        unreadable(path, unsafe String(cString: strerror(errno)))
    }

    private func unreadable(_ path: String, _ reason: String) -> AuditSourceError {
        AuditSourceError(
            code: .unreadable, reason: "\(folder)/\(path) cannot be read: \(reason)",
            hint: "check the path and its permissions")
    }
}
