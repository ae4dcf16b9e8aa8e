package import Glibc

/// One regular file, open for reading; no other code opens files that somebody else could have replaced.
///
/// Opening never waits: a pipe, a device or a folder at the path is refused. Closed exactly once.
package struct RegularFile: ~Copyable {
    package let descriptor: Int32
    /// The file's size, owner, mode and identity when it was opened.
    package let status: stat

    /// Opens a file.
    ///
    /// - Parameters:
    ///   - path: the file's path.
    ///   - byteCountMax: the most bytes that the file may hold.
    ///   - followsLink: whether a symbolic link at the path leads to the file; otherwise a link is refused.
    /// - Throws: the reason; the caller turns it into its own error.
    package init(_ path: String, byteCountMax: Int, followsLink: Bool = true) throws(RegularFileError) {
        // Without O_NONBLOCK, opening a named pipe waits for a writer.
        let flags = O_RDONLY | O_CLOEXEC | O_NONBLOCK | (followsLink ? 0 : O_NOFOLLOW)
        let descriptor = unsafe open(path, flags)
        guard descriptor >= 0 else { throw .system(errno) }
        do throws(RegularFileError) {
            status = try Self.status(of: descriptor, byteCountMax: byteCountMax)
        } catch {
            close(descriptor)
            throw error
        }
        self.descriptor = descriptor
    }

    deinit {
        close(descriptor)
    }

    /// Reads a whole file.
    package static func read(_ path: String, byteCountMax: Int) throws(RegularFileError) -> [UInt8] {
        try RegularFile(path, byteCountMax: byteCountMax).bytes()
    }

    package var byteCount: Int { Int(status.st_size) }

    /// The whole content; call it once.
    package func bytes() throws(RegularFileError) -> [UInt8] {
        var bytes: [UInt8] = []
        try read(into: &bytes)
        return bytes
    }

    /// Reads the whole content in place of the array's elements, and keeps the array's memory; call it once.
    ///
    /// - Throws: `.system` when a read fails, or `.changed` when the file is no longer as long as when it was opened.
    package func read(into bytes: inout [UInt8]) throws(RegularFileError) {
        bytes.removeAll(keepingCapacity: true)
        var failure: Int32 = 0
        // One byte more than the file's size shows whether the file has grown since.
        bytes.append(addingCapacity: byteCount + 1) { span in
            unsafe span.withUnsafeMutableBufferPointer { buffer, count in
                while count < buffer.count {
                    let rest = unsafe UnsafeMutableBufferPointer(rebasing: buffer[count...])
                    let got = unsafe Glibc.read(descriptor, rest.baseAddress, rest.count)
                    if got < 0 && errno == EINTR { continue }
                    if got < 0 { failure = errno }
                    if got <= 0 { return }
                    count += got
                }
            }
        }
        guard failure == 0 else { throw .system(failure) }
        guard bytes.count == byteCount else { throw .changed }
    }

    /// Gives the descriptor to the caller, who closes it.
    package consuming func release() -> Int32 {
        let descriptor = descriptor
        discard self
        return descriptor
    }

    private static func status(of descriptor: Int32, byteCountMax: Int) throws(RegularFileError) -> stat {
        var status = stat()
        guard unsafe fstat(descriptor, &status) == 0 else { throw .system(errno) }
        guard status.st_mode & S_IFMT == S_IFREG else {
            throw status.st_mode & S_IFMT == S_IFDIR ? .folder : .notRegular
        }
        guard status.st_size <= byteCountMax else { throw .tooLong(byteCount: Int(status.st_size)) }
        return status
    }
}

/// The reason why a regular file cannot be read; each caller gives it a code and a hint.
package enum RegularFileError: Error, Equatable {
    /// The error number of a failed call; `ENOENT` when there is no file at the path.
    case system(Int32)
    case folder
    /// A pipe, a socket or a device.
    case notRegular
    case tooLong(byteCount: Int)
    /// The file became shorter or longer while it was read.
    case changed

    /// The reason as the end of a sentence, after "cannot be read: ".
    package var reason: String {
        switch self {
        case .system(let number): unsafe String(cString: strerror(number))
        case .folder: "it is a folder"
        case .notRegular: "it is not a regular file"
        case .tooLong(let byteCount): "its \(byteCount) bytes are too many"
        case .changed: "it changed while it was read"
        }
    }

    /// Whether there is no file, and possibly no folder for it.
    package var isAbsence: Bool { self == .system(ENOENT) || self == .system(ENOTDIR) }
}
