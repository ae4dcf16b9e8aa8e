import Encoding
import Foundation
import Glibc
import IssuerInterface
import IssuerTestSupport
import Issuing
import TestSupport

/// A `suishend` process on an installation of its own, and `curl` to talk to it as strangers do.
final class HTTPDaemon {
    /// What a process left behind.
    struct Outcome {
        let status: Int32
        let output: String
    }

    static let binaries = ProjectFiles.root + "/.build/debug"

    let installation: Installation
    let socket: String
    private let prefix: [String]
    private let takesSocketOption: Bool
    private(set) var process: pid_t = 0

    /// Starts a daemon.
    ///
    /// - Parameters:
    ///   - installation: what it serves.
    ///   - socket: where; nil for the installation's own place.
    ///   - prefix: a command that runs it, `env NAME=VALUE` for instance.
    ///   - takesSocketOption: whether it is told of the socket; otherwise it is to have it from elsewhere.
    /// - Throws: when it cannot be started.
    init(_ installation: Installation, socket: String? = nil, prefix: [String] = [], takesSocketOption: Bool = true)
        throws
    {
        self.installation = installation
        self.socket = socket ?? installation.state.socket
        self.prefix = prefix
        self.takesSocketOption = takesSocketOption
        try start()
    }

    deinit {
        if process > 0 { _ = end(SIGKILL) }
    }

    /// Starts the daemon again, once it has ended.
    func start() throws {
        let words =
            prefix + ["\(Self.binaries)/suishend", "--state", installation.state.path]
            + (takesSocketOption ? ["--socket", socket] : [])
        process = try Self.spawn(words, diagnostics: diagnosticsFile)
        // Minutes, since a machine may be busy; whoever asked too early would be told nothing at all.
        for _ in 0..<Self.startChecksMax {
            // Not a `where` of the loop, which would go on to connect thousands of times.
            if IssuerClient.answers(at: socket) { break }
            var status: Int32 = 0
            guard unsafe waitpid(process, &status, WNOHANG) == 0 else {
                process = 0
                throw NotStarted(reason: "the daemon ended with \(status): \(try diagnostics)", status: status)
            }
            usleep(10_000)
        }
        guard IssuerClient.answers(at: socket) else { throw NotStarted(reason: "the daemon does not answer") }
    }

    private static let startChecksMax = 12_000

    private var diagnosticsFile: String { installation.folder("suishend.log") }

    /// All that it has written to stderr.
    var diagnostics: String {
        get throws { String(decoding: try ProjectFiles.bytes(diagnosticsFile), as: UTF8.self) }
    }

    /// Waits until it has ended by itself; gives the wait status.
    func ended() -> Int32 {
        var status: Int32 = -1
        unsafe waitpid(process, &status, 0)
        process = 0
        return status
    }

    /// Sends a signal and waits for the end; gives the wait status.
    func end(_ signal: Int32) -> Int32 {
        kill(process, signal)
        return ended()
    }

    /// The numbers of its threads that do not block SIGTERM (SigBlk in proc_pid_status(5)).
    var stoppableThreads: [pid_t] {
        get throws {
            let folder = "/proc/\(process)/task"
            return try FileManager.default.contentsOfDirectory(atPath: folder).compactMap { pid_t($0) }.filter {
                thread in
                let status = try String(contentsOfFile: "\(folder)/\(thread)/status", encoding: .utf8)
                let line = status.split(separator: "\n").first { $0.hasPrefix("SigBlk:") }
                let blocked = line.flatMap { UInt64($0.dropFirst(8), radix: 16) } ?? 0
                return blocked >> UInt64(SIGTERM - 1) & 1 == 0
            }
        }
    }

    /// Holds the process still; returns once it is.
    func pause() throws {
        var status: Int32 = 0
        kill(process, SIGSTOP)
        guard unsafe waitpid(process, &status, WUNTRACED) == process, status & 0xFF == 0x7F else {
            throw NotStarted(reason: "the daemon ended with \(status)")
        }
    }

    /// Lets a process that is held still go on.
    func goOn() { kill(process, SIGCONT) }

    /// One request; the answer's body, then its status on a line of its own, 000 where there is none.
    ///
    /// - Throws: when there is no answer, unless `mayBeShutOut`.
    func curl(
        _ arguments: [String], as prefix: [String] = [], mayBeShutOut: Bool = false
    ) throws -> Outcome {
        let words = prefix + ["curl", "-s", "-S", "-w", "\n%{http_code}", "--unix-socket", socket] + arguments
        let outcome = try Self.run(words)
        guard outcome.output.hasSuffix("000"), !mayBeShutOut else { return outcome }
        let state = try? ProjectFiles.bytes("/proc/\(process)/stat")
        throw Unanswered(
            what: outcome.output, daemon: state.map { String(decoding: $0, as: UTF8.self) } ?? "gone",
            diagnostics: try diagnostics)
    }

    /// Runs a command to its end, and keeps what it prints on both streams.
    static func run(_ arguments: [String]) throws -> Outcome {
        let words = arguments.map {
            "'" + $0.split(separator: "'", omittingEmptySubsequences: false).joined(separator: "'\\''") + "'"
        }
        guard let pipe = unsafe popen(words.joined(separator: " ") + " 2>&1", "re") else {
            throw NotStarted(reason: words.joined(separator: " "))
        }
        var bytes: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 1 << 16)
        while case let count = unsafe fread(&chunk, 1, chunk.count, pipe), count > 0 {
            bytes.append(contentsOf: chunk[..<count])
        }
        let status = unsafe pclose(pipe)
        return Outcome(status: (status >> 8) & 0xFF, output: String(decoding: bytes, as: UTF8.self))
    }

    private static func spawn(_ arguments: [String], diagnostics: String) throws -> pid_t {
        var actions = unsafe posix_spawn_file_actions_t()
        unsafe posix_spawn_file_actions_init(&actions)
        defer { unsafe posix_spawn_file_actions_destroy(&actions) }
        unsafe posix_spawn_file_actions_addopen(
            &actions, 2, diagnostics, O_WRONLY | O_CREAT | O_APPEND, 0o600)
        var process: pid_t = 0
        var words: [UnsafeMutablePointer<CChar>?] = unsafe arguments.map { unsafe strdup($0) } + [nil]
        defer { unsafe words.forEach { unsafe free($0) } }
        guard unsafe posix_spawnp(&process, arguments[0], &actions, nil, &words, environ) == 0 else {
            throw NotStarted(reason: arguments.joined(separator: " "))
        }
        return process
    }

    private struct Unanswered: Error {
        let what: String
        let daemon: String
        let diagnostics: String
    }

    struct NotStarted: Error {
        let reason: String
        /// The wait status of a daemon that has ended.
        var status: Int32?
    }
}
