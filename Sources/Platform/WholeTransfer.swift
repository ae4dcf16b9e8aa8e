import Glibc

/// Reads and writes of open files that go on until all bytes are there, however often the system stops them short.
package enum WholeTransfer {
    /// Writes all of `bytes`.
    ///
    /// - Returns: false, and the cause in `errno`, when the descriptor takes no more.
    package static func write(_ bytes: [UInt8], to descriptor: Int32) -> Bool {
        unsafe bytes.withUnsafeBytes { buffer in
            var written = 0
            while written < buffer.count {
                let count = unsafe Glibc.write(
                    descriptor, buffer.baseAddress?.advanced(by: written), buffer.count - written)
                if count < 0 && errno == EINTR { continue }
                guard count > 0 else { return false }
                written += count
            }
            return true
        }
    }

    /// Reads until `bytes` is full.
    ///
    /// - Returns: how many bytes were read; fewer than `bytes.count` at the end of the file, or where reading failed.
    package static func read(_ descriptor: Int32, into bytes: inout [UInt8]) -> Int {
        unsafe bytes.withUnsafeMutableBytes { buffer in
            var filled = 0
            while filled < buffer.count {
                let count = unsafe Glibc.read(
                    descriptor, buffer.baseAddress?.advanced(by: filled), buffer.count - filled)
                if count < 0 && errno == EINTR { continue }
                guard count > 0 else { break }
                filled += count
            }
            return filled
        }
    }
}
