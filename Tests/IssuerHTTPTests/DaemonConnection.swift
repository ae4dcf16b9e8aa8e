import Glibc
import Platform
import TestSupport

/// A connection to a daemon on which a test says and reads what it likes, and when.
final class DaemonConnection: Sendable {
    private let descriptor: Int32
    private let process: pid_t

    init(_ daemon: HTTPDaemon) throws {
        let descriptor = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        self.descriptor = descriptor
        let isConnected =
            SocketAddress(path: daemon.socket).map { address in
                unsafe address.withPointer { unsafe connect(descriptor, $0, $1) } == 0
            } ?? false
        process = daemon.process
        guard isConnected else { throw Refused(what: "connect", of: process) }
    }

    deinit {
        close(descriptor)
    }

    /// Sends a request whose body is of that type; returns once the kernel has all of it.
    func post(_ path: String, type: String = "application/json", _ body: String) throws {
        try send(
            "POST \(path) HTTP/1.1\r\nHost: d\r\nContent-Type: \(type)\r\n"
                + "Content-Length: \(body.utf8.count)\r\n\r\n" + body)
    }

    func send(_ text: String) throws {
        var unsent = Array(text.utf8)[...]
        while !unsent.isEmpty {
            let count = unsafe unsent.withUnsafeBytes {
                unsafe Glibc.send(descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
            }
            guard count > 0 else { throw Refused(what: "send", of: process) }
            unsent = unsent.dropFirst(count)
        }
    }

    /// What comes next, `byteCountMax` bytes at most; nothing at the end.
    func read(_ byteCountMax: Int = 1 << 16) throws -> [UInt8] {
        var chunk = [UInt8](repeating: 0, count: byteCountMax)
        let count = unsafe recv(descriptor, &chunk, chunk.count, 0)
        guard count >= 0 else { throw Refused(what: "recv", of: process) }
        return Array(chunk[..<count])
    }

    /// Everything until the daemon ends the connection, with a pause after every few kilobytes.
    func readToEnd(pauseMicroseconds: UInt32 = 0) throws -> String {
        var bytes: [UInt8] = []
        while case let piece = try read(4096), !piece.isEmpty {
            bytes += piece
            if pauseMicroseconds > 0 { usleep(pauseMicroseconds) }
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    /// What the kernel refused, and what it says of the daemon (proc(5)).
    struct Refused: Error {
        let what: String
        let number = errno
        let daemon: String

        init(what: String, of process: pid_t) {
            self.what = what
            let words = try? ProjectFiles.bytes("/proc/\(process)/stat")
            daemon = words.map { String(decoding: $0, as: UTF8.self) } ?? "there is no process \(process)"
        }
    }
}
