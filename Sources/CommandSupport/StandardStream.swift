import Glibc
import Synchronization

/// Stdout and stderr as file descriptors, written whole and at once.
package enum StandardStream: Int32, Sendable {
    case output = 1
    case error = 2

    /// What a command without a verdict says and ends with when nobody takes its result.
    private static let loss = Mutex<String?>(nil)

    /// Has a lost result be told and end the process with the status of a failure: for commands that give no verdict.
    package static func tellLoss(for command: String) {
        loss.withLock { $0 = command }
    }

    /// Takes the places of standard streams that were handed over closed, and lets a write to a pipe that nobody reads
    /// fail, where its signal would end the process; every command does so before anything else.
    ///
    /// The next file to be opened would stand there, and what is said would be written over it. What takes the place
    /// can be neither read from stdin nor written to, so that an input or a result without a way still fails.
    package static func holdPlaces() {
        signal(SIGPIPE, SIG_IGN)
        for descriptor: Int32 in 0...2 where fcntl(descriptor, F_GETFD) < 0 {
            _ = unsafe open("/dev/null", descriptor == 0 ? O_WRONLY : O_RDONLY)
        }
    }

    /// Writes all of `text`; see ``write(bytes:)``.
    package func write(_ text: String) {
        write(bytes: Array(text.utf8))
    }

    /// Writes all of `bytes`, resuming after short writes and signals.
    ///
    /// A result that nobody takes ends the process with status 2, never with the 0 that opens a gate, or as
    /// ``tellLoss(for:)`` has it; what cannot be said on stderr is lost, and the command's own status stands.
    package func write(bytes: [UInt8]) {
        var written = 0
        while written < bytes.count {
            let count = unsafe bytes.withUnsafeBytes { buffer in
                unsafe Glibc.write(rawValue, buffer.baseAddress?.advanced(by: written), buffer.count - written)
            }
            if count < 0 {
                if errno == EINTR { continue }
                if self == .error { return }
                Self.endForLoss()
            }
            written += count
        }
    }

    private static func endForLoss() -> Never {
        let cause = unsafe String(cString: strerror(errno))
        guard let command = loss.withLock({ $0 }) else { exit(ExitStatus.undecided.rawValue) }
        Diagnostics(command: command).report(
            CommandError(
                code: "output_lost", reason: "the result cannot be written to stdout: \(cause)",
                hint: "what was asked may be done all the same: look before you ask again", status: .failure))
        exit(ExitStatus.failure.rawValue)
    }
}
