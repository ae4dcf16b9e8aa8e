package import Glibc

/// The address of a UNIX socket.
package struct SocketAddress {
    /// The most bytes of a path: those of `sun_path` without its closing zero.
    package static let pathByteCountMax = 107

    private let address: sockaddr_un

    /// Takes a path of 1 to ``pathByteCountMax`` bytes; nil for any other.
    package init?(path: String) {
        let bytes = Array(path.utf8)
        guard (1...Self.pathByteCountMax).contains(bytes.count), !bytes.contains(0) else { return nil }
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        unsafe withUnsafeMutableBytes(of: &address.sun_path) { unsafe $0.copyBytes(from: bytes) }
        self.address = address
    }

    /// Calls `body` with a pointer to the address in the system's form.
    package func withPointer<Value, Failure>(
        _ body: (UnsafePointer<sockaddr>, socklen_t) throws(Failure) -> Value
    ) throws(Failure) -> Value {
        try unsafe withUnsafePointer(to: address) { (pointer) throws(Failure) in
            try unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { (generic) throws(Failure) in
                try unsafe body(generic, socklen_t(MemoryLayout<sockaddr_un>.size))
            }
        }
    }
}
