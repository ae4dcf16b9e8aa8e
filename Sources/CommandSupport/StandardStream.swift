import Glibc

/// Stdout and stderr as file descriptors, written whole and at once.
package enum StandardStream: Int32, Sendable {
    case output = 1
    case error = 2

    /// Writes all of `text`; a closed pipe ends the process quietly, as a filter should.
    package func write(_ text: String) {
        write(bytes: Array(text.utf8))
    }

    /// Writes all of `bytes`, resuming after short writes and signals.
    package func write(bytes: [UInt8]) {
        var written = 0
        while written < bytes.count {
            let count = unsafe bytes.withUnsafeBytes { buffer in
                unsafe Glibc.write(rawValue, buffer.baseAddress?.advanced(by: written), buffer.count - written)
            }
            if count < 0 {
                if errno == EINTR { continue }
                exit(errno == EPIPE ? ExitStatus.success.rawValue : ExitStatus.undecided.rawValue)
            }
            written += count
        }
    }
}
