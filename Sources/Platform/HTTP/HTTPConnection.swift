import Glibc

/// Owns one connected UNIX socket with a deadline, and closes it exactly once.
package struct HTTPConnection: ~Copyable {
    private static let busyMicroseconds: UInt32 = 5000

    private let descriptor: Int32
    private let deadlineMilliseconds: Int

    package init(socket path: String, timeoutMilliseconds: Int) throws(HTTPExchangeError) {
        deadlineMilliseconds = MonotonicClock.milliseconds() + max(timeoutMilliseconds, 1)
        guard let address = SocketAddress(path: path) else { throw Self.unreachable(path) }
        let deadline = deadlineMilliseconds
        descriptor = try unsafe address.withPointer { (pointer, byteCount) throws(HTTPExchangeError) in
            try unsafe Self.connect(pointer, byteCount, name: path, deadline: deadline)
        }
    }

    deinit {
        close(descriptor)
    }

    package borrowing func send(_ bytes: [UInt8]) throws(HTTPExchangeError) {
        var sent = 0
        while sent < bytes.count {
            try Self.wait(descriptor, for: Int16(POLLOUT), deadline: deadlineMilliseconds)
            let count = unsafe bytes.withUnsafeBytes { buffer in
                unsafe Glibc.send(
                    descriptor, buffer.baseAddress?.advanced(by: sent), buffer.count - sent,
                    Int32(MSG_NOSIGNAL))
            }
            if count > 0 { sent += count } else if !Self.isPassing(errno) { throw Self.broken() }
        }
    }

    /// The next bytes; empty at the end of the stream.
    package borrowing func receive() throws(HTTPExchangeError) -> ArraySlice<UInt8> {
        var piece = [UInt8](repeating: 0, count: 16 << 10)
        while true {
            try Self.wait(descriptor, for: Int16(POLLIN), deadline: deadlineMilliseconds)
            let count = unsafe piece.withUnsafeMutableBytes { buffer in
                unsafe recv(descriptor, buffer.baseAddress, buffer.count, 0)
            }
            if count >= 0 { return piece[..<count] }
            if !Self.isPassing(errno) { throw Self.broken() }
        }
    }

    private static func connect(
        _ address: UnsafePointer<sockaddr>, _ byteCount: socklen_t, name: String, deadline: Int
    ) throws(HTTPExchangeError) -> Int32 {
        let type = Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue) | Int32(SOCK_NONBLOCK.rawValue)
        let descriptor = socket(AF_UNIX, type, 0)
        guard descriptor >= 0 else { throw unreachable(name) }
        while unsafe Glibc.connect(descriptor, address, byteCount) != 0 {
            if errno == EINPROGRESS { break }
            // The socket's queue is full; poll(2) cannot wait for room in it.
            if errno == EAGAIN && MonotonicClock.milliseconds() < deadline {
                usleep(busyMicroseconds)
                continue
            }
            close(descriptor)
            throw unreachable(name)
        }
        do throws(HTTPExchangeError) {
            try wait(descriptor, for: Int16(POLLOUT), deadline: deadline)
        } catch {
            close(descriptor)
            throw error
        }
        var failure: Int32 = 0
        var size = socklen_t(MemoryLayout<Int32>.size)
        guard unsafe getsockopt(descriptor, SOL_SOCKET, SO_ERROR, &failure, &size) == 0, failure == 0 else {
            close(descriptor)
            throw unreachable(name)
        }
        return descriptor
    }

    private static func wait(_ descriptor: Int32, for events: Int16, deadline: Int) throws(HTTPExchangeError) {
        while true {
            let left = deadline - MonotonicClock.milliseconds()
            guard left > 0 else { throw HTTPExchangeError(.timedOut, "no answer within the time-out") }
            var entry = pollfd(fd: descriptor, events: events, revents: 0)
            if unsafe poll(&entry, 1, Int32(clamping: left)) > 0 { return }
        }
    }

    private static func isPassing(_ number: Int32) -> Bool {
        number == EINTR || number == EAGAIN
    }

    private static func unreachable(_ name: String) -> HTTPExchangeError {
        HTTPExchangeError(.unreachable, "nothing answers at \(name)")
    }

    private static func broken() -> HTTPExchangeError {
        HTTPExchangeError(.closed, "the connection was broken off")
    }
}
