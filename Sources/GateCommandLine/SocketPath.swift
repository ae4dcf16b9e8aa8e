import ArgumentParser
import Gate
import Platform

/// The path of a UNIX socket on the command line.
package enum SocketPath {
    /// Accepts only a path that fits into a socket's address.
    package static func parse(_ text: String) throws -> String {
        guard SocketAddress(path: text) != nil else {
            throw ValidationError("a socket is a path of 1 to \(SocketAddress.pathByteCountMax) bytes")
        }
        return text
    }
}
