import Glibc

/// Calls on stream sockets in the file system (unix(7)).
package enum UNIXSocket {
    /// A new socket that no child process inherits.
    package static func make() -> Int32 {
        socket(AF_UNIX, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
    }

    /// Binds a socket to a path; like bind(2), -1 and `errno` on failure.
    package static func bind(_ descriptor: Int32, to path: String) -> Int32 {
        unsafe withAddress(path) { unsafe Glibc.bind(descriptor, $0, $1) }
    }

    /// Connects a socket to a path; like connect(2), -1 and `errno` on failure.
    package static func connect(_ descriptor: Int32, to path: String) -> Int32 {
        unsafe withAddress(path) { unsafe Glibc.connect(descriptor, $0, $1) }
    }

    private static func withAddress(
        _ path: String, _ body: (UnsafePointer<sockaddr>, socklen_t) -> Int32
    ) -> Int32 {
        guard let address = SocketAddress(path: path) else {
            errno = path.utf8.count > SocketAddress.pathByteCountMax ? ENAMETOOLONG : EINVAL
            return -1
        }
        return unsafe address.withPointer { unsafe body($0, $1) }
    }
}
