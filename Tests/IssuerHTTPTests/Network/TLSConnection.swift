import Glibc
import TestSupport

/// A connection over TLS whose bytes a test sends one piece at a time, made by openssl(1).
final class TLSConnection: Sendable {
    private let input: Int32
    private let output: Int32
    private let process: pid_t

    /// Connects; the handshake may still be under way afterwards.
    init(_ network: NetworkDaemon, as name: String) throws {
        let pair = try network.caller(name)
        let words = [
            "openssl", "s_client", "-quiet", "-connect", "127.0.0.1:\(try network.port)", "-cert", pair.certificate,
            "-key", pair.key, "-CAfile", network.servers.certificate, "-verify_return_error",
        ]
        var ends: [[Int32]] = [[-1, -1], [-1, -1]]
        let kind = Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue)
        for place in ends.indices {
            guard unsafe socketpair(AF_UNIX, kind, 0, &ends[place]) == 0 else { throw MissingFile(path: "a pipe") }
        }
        (input, output) = (ends[0][1], ends[1][0])
        var actions = unsafe posix_spawn_file_actions_t()
        unsafe posix_spawn_file_actions_init(&actions)
        defer { unsafe posix_spawn_file_actions_destroy(&actions) }
        unsafe posix_spawn_file_actions_adddup2(&actions, ends[0][0], 0)
        unsafe posix_spawn_file_actions_adddup2(&actions, ends[1][1], 1)
        unsafe posix_spawn_file_actions_addopen(&actions, 2, "/dev/null", O_WRONLY, 0)
        var arguments: [UnsafeMutablePointer<CChar>?] = unsafe words.map { unsafe strdup($0) } + [nil]
        defer { unsafe arguments.forEach { unsafe free($0) } }
        var process: pid_t = 0
        let status = unsafe posix_spawnp(&process, words[0], &actions, nil, &arguments, environ)
        close(ends[0][0])
        close(ends[1][1])
        self.process = process
        guard status == 0 else { throw MissingFile(path: "openssl") }
    }

    deinit {
        kill(process, SIGKILL)
        waitpid(process, nil, 0)
        close(input)
        close(output)
    }

    func send(_ text: String) throws {
        var rest = Array(text.utf8)[...]
        while !rest.isEmpty {
            let count = unsafe rest.withUnsafeBytes { bytes in
                unsafe Glibc.send(input, bytes.baseAddress, bytes.count, Int32(MSG_NOSIGNAL))
            }
            guard count > 0 else { throw MissingFile(path: "the other end") }
            rest = rest.dropFirst(count)
        }
    }

    /// What comes next; nothing at the end, or after a minute of silence.
    func read() throws -> [UInt8] {
        var watched = pollfd(fd: output, events: Int16(POLLIN), revents: 0)
        guard unsafe poll(&watched, 1, 60_000) > 0 else { return [] }
        var chunk = [UInt8](repeating: 0, count: 1 << 16)
        let count = unsafe recv(output, &chunk, chunk.count, 0)
        return count > 0 ? Array(chunk[..<count]) : []
    }

    /// Everything until an ending comes, or the end.
    func read(until ending: String) throws -> String {
        var text = ""
        while !text.hasSuffix(ending), case let piece = try read(), !piece.isEmpty {
            text += String(decoding: piece, as: UTF8.self)
        }
        return text
    }

    /// Everything until the daemon ends the connection, with a pause after every piece.
    func readToEnd(pauseMicroseconds: UInt32 = 0) throws -> String {
        var bytes: [UInt8] = []
        while case let piece = try read(), !piece.isEmpty {
            bytes += piece
            if pauseMicroseconds > 0 { usleep(pauseMicroseconds) }
        }
        return String(decoding: bytes, as: UTF8.self)
    }
}
