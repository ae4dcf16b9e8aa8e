import Glibc

/// Reads complete regular files and stdin, up to a limit that is checked before memory is allocated.
package enum InputFile {
    /// The limit for one file or stdin, unless a command has a smaller one.
    package static let byteCountMax = 64 << 20

    /// Reads all of `path`, or of stdin when `path` is `-`.
    ///
    /// - Parameters:
    ///   - path: a file's path, or `-`.
    ///   - byteCountMax: the most bytes to read.
    /// - Returns: the complete content.
    /// - Throws: `input_unreadable`, or `input_too_large` as soon as the limit is exceeded.
    package static func read(_ path: String, byteCountMax: Int = byteCountMax) throws(CommandError) -> [UInt8] {
        guard path != "-" else { return try read(descriptor: 0, name: "stdin", byteCountMax: byteCountMax) }
        let (descriptor, fileByteCount) = try open(path)
        defer { close(descriptor) }
        guard fileByteCount <= byteCountMax else { throw tooLarge(path, byteCountMax) }
        // A small file gets a small buffer: allocating a large one costs more than reading the file.
        let chunkByteCount = min(chunkByteCountMax, max(4 << 10, fileByteCount + 1))
        return try read(
            descriptor: descriptor, name: path, byteCountMax: byteCountMax, chunkByteCount: chunkByteCount)
    }

    /// Opens a regular file for reading; refuses a pipe or a device without waiting for it.
    ///
    /// - Returns: the descriptor, which the caller closes, and the file's size in bytes.
    /// - Throws: `input_unreadable`.
    static func open(_ path: String) throws(CommandError) -> (descriptor: Int32, byteCount: Int) {
        // Without O_NONBLOCK, opening a named pipe waits for a writer.
        let descriptor = unsafe Glibc.open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        guard descriptor >= 0 else { throw unreadable(path) }
        var status = stat()
        guard unsafe fstat(descriptor, &status) == 0 else {
            defer { close(descriptor) }
            throw unreadable(path)
        }
        guard status.st_mode & S_IFMT == S_IFREG else {
            close(descriptor)
            let kind = status.st_mode & S_IFMT == S_IFDIR ? "a folder" : "not a regular file"
            throw CommandError(
                code: "input_unreadable", reason: "\(path) is \(kind)", hint: "name a regular file, or - for stdin")
        }
        return (descriptor, Int(status.st_size))
    }

    /// Duplicates the descriptor of stdin; the caller closes it.
    static func standardInput() throws(CommandError) -> Int32 {
        let descriptor = dup(0)
        guard descriptor >= 0 else { throw unreadable("stdin") }
        return descriptor
    }

    private static let chunkByteCountMax = 64 << 10

    private static func read(
        descriptor: Int32, name: String, byteCountMax: Int, chunkByteCount: Int = chunkByteCountMax
    ) throws(CommandError) -> [UInt8] {
        var bytes: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: chunkByteCount)
        while true {
            let count = unsafe chunk.withUnsafeMutableBytes { buffer in
                unsafe Glibc.read(descriptor, buffer.baseAddress, buffer.count)
            }
            if count == 0 { return bytes }
            if count < 0 {
                if errno == EINTR { continue }
                throw unreadable(name)
            }
            guard bytes.count + count <= byteCountMax else { throw tooLarge(name, byteCountMax) }
            bytes.append(contentsOf: chunk[..<count])
        }
    }

    private static func unreadable(_ name: String) -> CommandError {
        CommandError(
            code: "input_unreadable",
            reason: "\(name) cannot be read: \(unsafe String(cString: strerror(errno)))",
            hint: "check the path and its permissions")
    }

    private static func tooLarge(_ name: String, _ byteCountMax: Int) -> CommandError {
        CommandError(
            code: "input_too_large",
            reason: "\(name) holds more than \(byteCountMax) bytes",
            hint: "name a smaller file")
    }
}
