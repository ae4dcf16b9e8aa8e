import Glibc

/// Reads lines from a regular file or stdin; its memory is limited by the longest line.
package struct LineReader: ~Copyable {
    /// A line without its line feed, or a line that was longer than the limit.
    package enum Line: Sendable {
        case text([UInt8])
        case tooLong
    }

    private let descriptor: Int32
    private let byteCountMax: Int
    private var chunk = [UInt8](repeating: 0, count: 64 << 10)
    private var unread: Range<Int> = 0..<0
    private var isAtEnd = false

    /// Opens a file or stdin.
    ///
    /// - Parameters:
    ///   - path: a file's path, or `-` for stdin.
    ///   - byteCountMax: the longest accepted line.
    /// - Throws: `input_unreadable`.
    package init(path: String, byteCountMax: Int) throws(CommandError) {
        self.byteCountMax = byteCountMax
        descriptor = try path == "-" ? InputFile.standardInput() : InputFile.open(path)
    }

    deinit {
        close(descriptor)
    }

    /// The next line, or nil after the last; a last line without its end counts.
    package mutating func next() throws(CommandError) -> Line? {
        var line: [UInt8] = []
        var isTooLong = false
        while true {
            if unread.isEmpty {
                guard try fill() else {
                    if isTooLong { return .tooLong }
                    return line.isEmpty ? nil : .text(line)
                }
            }
            let end = chunk[unread].firstIndex(of: UInt8(ascii: "\n"))
            let piece = unread.lowerBound..<(end ?? unread.upperBound)
            if line.count + piece.count > byteCountMax {
                isTooLong = true
                line.removeAll()
            }
            if !isTooLong { line.append(contentsOf: chunk[piece]) }
            unread = (end.map { $0 + 1 } ?? unread.upperBound)..<unread.upperBound
            if end != nil { return isTooLong ? .tooLong : .text(line) }
        }
    }

    /// Whether a read would return at once: with input, or with the end of the input.
    package var isReady: Bool {
        if chunk[unread].contains(UInt8(ascii: "\n")) { return true }
        var event = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
        return unsafe poll(&event, 1, 0) > 0
    }

    /// Counts the lines that a regular file still has; nil for a pipe or a device.
    package func countAhead() -> Int? {
        var status = stat()
        let start = lseek(descriptor, 0, SEEK_CUR)
        guard unsafe fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG, start >= 0 else { return nil }
        var buffer = [UInt8](repeating: 0, count: 1 << 20)
        var count = 0
        var offset = start
        var last = UInt8(ascii: "\n")
        while case let byteCount = unsafe pread(descriptor, &buffer, buffer.count, offset), byteCount > 0 {
            for byte in buffer[..<byteCount] where byte == UInt8(ascii: "\n") { count += 1 }
            last = buffer[byteCount - 1]
            offset += byteCount
        }
        return last == UInt8(ascii: "\n") ? count : count + 1
    }

    private mutating func fill() throws(CommandError) -> Bool {
        while !isAtEnd {
            let count = unsafe chunk.withUnsafeMutableBytes { buffer in
                unsafe Glibc.read(descriptor, buffer.baseAddress, buffer.count)
            }
            if count < 0 && errno == EINTR { continue }
            guard count >= 0 else {
                throw CommandError(
                    code: "input_unreadable", reason: "the input failed: \(unsafe String(cString: strerror(errno)))",
                    hint: "send the lines again, beginning with the first that was not answered")
            }
            isAtEnd = count == 0
            unread = 0..<count
            if count > 0 { return true }
        }
        return false
    }
}
