import Glibc

/// Calls on stream sockets in the file system (unix(7)), with the address built and freed in one place.
enum UNIXSocket {
    /// The longest path that an address has room for, its closing zero left out.
    static let pathByteCountMax = 107

    /// A new socket that no child process inherits.
    static func make() -> Int32 {
        socket(AF_UNIX, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
    }

    /// Binds a socket to a path; like bind(2), -1 and `errno` on failure.
    static func bind(_ descriptor: Int32, to path: String) -> Int32 {
        unsafe withAddress(path) { unsafe Glibc.bind(descriptor, $0, $1) }
    }

    /// Connects a socket to a path; like connect(2), -1 and `errno` on failure.
    static func connect(_ descriptor: Int32, to path: String) -> Int32 {
        unsafe withAddress(path) { unsafe Glibc.connect(descriptor, $0, $1) }
    }

    private static func withAddress(
        _ path: String, _ body: (UnsafePointer<sockaddr>, socklen_t) -> Int32
    ) -> Int32 {
        guard path.utf8.count <= pathByteCountMax else {
            errno = ENAMETOOLONG
            return -1
        }
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        unsafe withUnsafeMutableBytes(of: &address.sun_path) { unsafe $0.copyBytes(from: path.utf8) }
        return unsafe withUnsafePointer(to: &address) { pointer in
            unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                unsafe body($0, socklen_t(MemoryLayout<sockaddr_un>.size))
            }
        }
    }
}
