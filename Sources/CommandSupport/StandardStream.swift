import Glibc
import Synchronization

/// Stdout and stderr as file descriptors, written completely and without a buffer.
package enum StandardStream: Int32, Sendable {
    case output = 1
    case error = 2

    /// The command that reports a lost result as an error; nil for commands with a verdict.
    private static let reportingCommand = Mutex<String?>(nil)

    /// Makes an unwritable result end the process with a failure's status and an error: for commands without a verdict.
    package static func reportLostOutput(of command: String) {
        reportingCommand.withLock { $0 = command }
    }

    /// Opens /dev/null for every standard descriptor that is closed, and ignores SIGPIPE; every command calls it first.
    ///
    /// Otherwise the next opened file would get the closed descriptor, and messages would overwrite that file. Stdin is
    /// opened for writing and the others for reading, so that reading input and writing a result still fail. Without
    /// SIGPIPE, a write to a closed pipe fails instead of ending the process.
    package static func reserveStandardDescriptors() {
        signal(SIGPIPE, SIG_IGN)
        for descriptor: Int32 in 0...2 where fcntl(descriptor, F_GETFD) < 0 {
            _ = unsafe open("/dev/null", descriptor == 0 ? O_WRONLY : O_RDONLY)
        }
    }

    /// Whether the stream is a terminal that takes escape sequences for colours.
    package var takesColours: Bool {
        guard isatty(rawValue) == 1 else { return false }
        return unsafe getenv("TERM").map { unsafe String(cString: $0) } != "dumb"
    }

    /// Writes all of `text`; see ``write(bytes:)``.
    package func write(_ text: String) {
        write(bytes: Array(text.utf8))
    }

    /// Writes all of `bytes`, also after short writes and signals.
    ///
    /// When a result cannot be written, the process ends with status 2, never with 0, which opens a gate; after
    /// ``reportLostOutput(of:)``, with the status of a failure. A message that cannot be written to stderr is lost, and
    /// the command's status stays the same.
    package func write(bytes: [UInt8]) {
        var written = 0
        while written < bytes.count {
            let count = unsafe bytes.withUnsafeBytes { buffer in
                unsafe Glibc.write(rawValue, buffer.baseAddress?.advanced(by: written), buffer.count - written)
            }
            if count < 0 {
                if errno == EINTR { continue }
                if self == .error { return }
                Self.endForLostOutput()
            }
            written += count
        }
    }

    private static func endForLostOutput() -> Never {
        let cause = unsafe String(cString: strerror(errno))
        guard let command = reportingCommand.withLock({ $0 }) else { exit(ExitStatus.undecided.rawValue) }
        Diagnostics(command: command).report(
            CommandError(
                code: "output_lost", reason: "the result cannot be written to stdout: \(cause)",
                hint: "the request may have been carried out; check before you repeat it", status: .failure))
        exit(ExitStatus.failure.rawValue)
    }
}
