import Glibc
import TestSupport

/// A connection whose bytes a test sends one piece at a time.
final class RawConnection {
    private let descriptor: Int32
    private var unread: [UInt8] = []

    init(to path: String) throws {
        guard let descriptor = RunningProgram.connection(to: path) else { throw MissingFile(path: path) }
        self.descriptor = descriptor
    }

    deinit {
        close(descriptor)
    }

    func send(_ text: String) throws {
        var rest = Array(text.utf8)[...]
        while !rest.isEmpty {
            let count = unsafe rest.withUnsafeBytes { bytes in unsafe write(descriptor, bytes.baseAddress, bytes.count)
            }
            guard count > 0 else { throw MissingFile(path: "the other end") }
            rest = rest.dropFirst(count)
        }
    }

    /// One chunk of a body (RFC 9112 §7.1).
    func send(chunk text: String) throws {
        try send("\(String(text.utf8.count, radix: 16))\r\n\(text)\r\n")
    }

    /// The next line, without its end.
    func line() throws -> String {
        while true {
            if let end = unread.firstIndex(of: UInt8(ascii: "\n")) {
                let line = unread[..<end]
                unread.removeSubrange(...end)
                return String(decoding: line.last == UInt8(ascii: "\r") ? line.dropLast() : line, as: UTF8.self)
            }
            var chunk = [UInt8](repeating: 0, count: 1 << 16)
            let count = unsafe read(descriptor, &chunk, chunk.count)
            guard count > 0 else { throw MissingFile(path: "a further line") }
            unread.append(contentsOf: chunk[..<count])
        }
    }

    /// The next line that is a JSON object.
    func object() throws -> String {
        while true {
            let line = try line()
            if line.hasPrefix("{") { return line }
        }
    }
}
