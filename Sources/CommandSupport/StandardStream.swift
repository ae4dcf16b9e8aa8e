import Glibc

/// Stdout and stderr as file descriptors, written whole and at once.
package enum StandardStream: Int32, Sendable {
    case output = 1
    case error = 2

    /// Writes all of `text`; see ``write(bytes:)``.
    package func write(_ text: String) {
        write(bytes: Array(text.utf8))
    }

    /// Writes all of `bytes`, resuming after short writes and signals.
    ///
    /// A result that nobody takes ends the process with status 2, never with the 0 that opens a gate; what cannot be
    /// said on stderr is lost, and the command's own status stands.
    package func write(bytes: [UInt8]) {
        var written = 0
        while written < bytes.count {
            let count = unsafe bytes.withUnsafeBytes { buffer in
                unsafe Glibc.write(rawValue, buffer.baseAddress?.advanced(by: written), buffer.count - written)
            }
            if count < 0 {
                if errno == EINTR { continue }
                if self == .error { return }
                exit(ExitStatus.undecided.rawValue)
            }
            written += count
        }
    }
}
