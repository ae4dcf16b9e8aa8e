import Glibc
import HTTPServing
package import Issuing
import Platform

/// The socket that issuers connect to, bound by this process or handed over by systemd.
package struct ListeningSocket: ServedSocket {
    /// The number of connections that the kernel holds until they are accepted.
    private static let backlog: Int32 = 512

    package let descriptor: Int32
    /// The path to remove at the end; nil for a socket that systemd owns.
    private let ownPath: String?

    /// Takes over a socket that the service manager listens on (sd_listen_fds(3)).
    ///
    /// - Parameter inherited: the descriptor.
    /// - Throws: `socket_invalid` when it is not a listening UNIX socket.
    package init(inherited: Int32) throws(OperationError) {
        guard Self.option(SO_ACCEPTCONN, of: inherited) == 1, Self.option(SO_DOMAIN, of: inherited) == AF_UNIX else {
            throw OperationError(
                code: .socketInvalid, reason: "the inherited descriptor is not a listening UNIX socket",
                hint: "use ListenStream= with a path in the socket unit")
        }
        // Child processes must not keep the socket open after this process ends.
        _ = fcntl(inherited, F_SETFD, FD_CLOEXEC)
        descriptor = inherited
        ownPath = nil
    }

    /// Binds a path.
    ///
    /// A socket on which a process answers is left alone; a socket without a process is replaced.
    ///
    /// - Parameters:
    ///   - path: up to 107 bytes, in a folder that only this user may write to.
    ///   - access: the users who can connect.
    /// - Throws: `socket_in_use`, `socket_path_taken`, `socket_folder_open`, `socket_unusable`.
    package init(path: String, access: SocketAccess) throws(OperationError) {
        try Self.checkFolder(of: path)
        if try Self.isDead(path) { unsafe unlink(path) }
        let descriptor = UNIXSocket.make()
        guard descriptor >= 0 else { throw Self.unusable(path) }
        // The mode is set at once: before a later chmod, everybody could connect for a moment.
        let mask = umask(0o777 & ~access.mode)
        var result = UNIXSocket.bind(descriptor, to: path)
        umask(mask)
        // Nobody can connect before listen(2), so the mode does not yet admit the old group.
        if result == 0, let group = access.group { result = unsafe chown(path, uid_t.max, group) }
        guard result == 0, listen(descriptor, Self.backlog) == 0 else {
            let error = Self.unusable(path)
            close(descriptor)
            throw error
        }
        self.descriptor = descriptor
        ownPath = path
    }

    /// Whether a connection waits to be accepted.
    ///
    /// It is false for a socket that systemd owns, where connections can wait for the next process.
    package var hasWaiting: Bool {
        guard ownPath != nil else { return false }
        var event = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
        return unsafe poll(&event, 1, 0) > 0
    }

    /// Removes the path if this process made it, so that no client can connect any more.
    package func remove() {
        if let ownPath { unsafe unlink(ownPath) }
    }

    /// Refuses a path that cannot be bound, and changes nothing there.
    ///
    /// - Throws: the errors of ``init(path:access:)``.
    package static func check(_ path: String) throws(OperationError) {
        try checkFolder(of: path)
        _ = try isDead(path)
        errno = ENAMETOOLONG
        guard SocketAddress(path: path) != nil, unsafe access(folder(of: path), W_OK | X_OK) == 0 else {
            throw unusable(path)
        }
    }

    private static func folder(of path: String) -> String {
        path.lastIndex(of: "/").map { $0 == path.startIndex ? "/" : String(path[..<$0]) } ?? "."
    }

    private static func checkFolder(of path: String) throws(OperationError) {
        let folder = folder(of: path)
        var status = stat()
        guard unsafe stat(folder, &status) == 0 else { throw unusable(path) }
        guard status.st_mode & 0o022 == 0 else {
            throw OperationError(
                code: .socketFolderOpen, reason: "other users may write to \(folder), and could put a socket there",
                hint: "remove that permission with `chmod go-w`, or name another path with --socket")
        }
    }

    /// Whether the path is a socket on which no process answers; false when nothing is there.
    private static func isDead(_ path: String) throws(OperationError) -> Bool {
        var status = stat()
        guard unsafe lstat(path, &status) == 0 else { return false }
        guard status.st_mode & S_IFMT == S_IFSOCK else {
            throw OperationError(
                code: .socketPathTaken, reason: "\(path) exists and is not a socket",
                hint: "remove it, or name another path with --socket")
        }
        let probe = UNIXSocket.make()
        defer { close(probe) }
        guard probe >= 0, UNIXSocket.connect(probe, to: path) != 0, errno == ECONNREFUSED else {
            throw OperationError(
                code: .socketInUse, reason: "a process answers on \(path)",
                hint: "stop it first, or name another path with --socket")
        }
        return true
    }

    private static func option(_ name: Int32, of descriptor: Int32) -> Int32? {
        var value: Int32 = 0
        var byteCount = socklen_t(MemoryLayout<Int32>.size)
        return unsafe getsockopt(descriptor, SOL_SOCKET, name, &value, &byteCount) == 0 ? value : nil
    }

    private static func unusable(_ path: String) -> OperationError {
        OperationError(
            code: .socketUnusable,
            reason: "\(path.prefix(200)) cannot be listened on: \(unsafe String(cString: strerror(errno)))",
            hint: """
                name a path of at most \(SocketAddress.pathByteCountMax) bytes in a folder of this user with --socket
                """)
    }
}
