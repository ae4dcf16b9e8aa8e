import Glibc

/// Owns one connected UNIX socket with a deadline, and closes it exactly once.
package struct HTTPConnection: ~Copyable, Sendable {
    private static let busyMicroseconds: UInt32 = 5000
    private static let pieceByteCount = 64 << 10

    private let descriptor: Int32
    private let deadlineMilliseconds: Int

    /// Connects.
    ///
    /// - Parameters:
    ///   - path: the socket.
    ///   - timeoutMilliseconds: the time limit from connecting to the last byte; nil for none.
    /// - Throws: `unreachable` or `timed_out`.
    package init(socket path: String, timeoutMilliseconds: Int?) throws(HTTPExchangeError) {
        let deadline = timeoutMilliseconds.map { MonotonicClock.milliseconds() + max($0, 1) } ?? .max
        try self.init(socket: path, deadlineMilliseconds: deadline)
    }

    /// Connects, with a deadline on the clock of ``MonotonicClock``.
    init(socket path: String, deadlineMilliseconds deadline: Int) throws(HTTPExchangeError) {
        deadlineMilliseconds = deadline
        guard let address = SocketAddress(path: path) else { throw Self.unreachable(path, ENAMETOOLONG) }
        descriptor = try unsafe address.withPointer { (pointer, byteCount) throws(HTTPExchangeError) in
            try unsafe Self.connect(pointer, byteCount, name: path, deadline: deadline)
        }
    }

    deinit {
        close(descriptor)
    }

    /// Sends a request while reading its answer, because a server may stop reading while its answers are not read.
    ///
    /// After an answer that came before the whole request was sent, the connection takes no further request.
    ///
    /// - Parameters:
    ///   - request: the head and the body.
    ///   - bodyByteCountMax: the most bytes of the answer's body.
    /// - Returns: the answer, with any status.
    /// - Throws: `timed_out`, `closed`, `malformed_response` or `too_large`.
    package borrowing func exchange(
        _ request: [UInt8], bodyByteCountMax: Int
    ) throws(HTTPExchangeError) -> HTTPResponse {
        try exchange(request, bodyByteCountMax: bodyByteCountMax, deadlineMilliseconds: deadlineMilliseconds)
    }

    /// The same with a deadline of its own, on a connection that was kept.
    borrowing func exchange(
        _ request: [UInt8], bodyByteCountMax: Int, deadlineMilliseconds deadline: Int
    ) throws(HTTPExchangeError) -> HTTPResponse {
        var unsent = request[...]
        var reader = HTTPResponseReader(bodyByteCountMax: bodyByteCountMax)
        while true {
            let events = try Self.wait(
                descriptor, for: unsent.isEmpty ? POLLIN : POLLIN | POLLOUT, deadline: deadline)
            if events & ~POLLOUT != 0, let piece = try receiveNow() {
                reader.append(piece)
                if let response = try reader.response(isEnded: piece.isEmpty) {
                    if !unsent.isEmpty { shutdown(descriptor, Int32(SHUT_RDWR)) }
                    return response
                }
                guard !piece.isEmpty else {
                    throw HTTPExchangeError(.closed, "the connection ended before the answer did")
                }
            }
            if events & POLLOUT != 0 { try send(&unsent) }
        }
    }

    /// Whether the service has neither closed the connection nor sent anything since the last answer.
    var isQuiet: Bool {
        var entry = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
        return unsafe poll(&entry, 1, 0) == 0
    }

    /// The next bytes; empty at the end of the stream.
    package borrowing func receive() throws(HTTPExchangeError) -> ArraySlice<UInt8> {
        while true {
            _ = try Self.wait(descriptor, for: POLLIN, deadline: deadlineMilliseconds)
            if let piece = try receiveNow() { return piece }
        }
    }

    /// The bytes that have arrived; empty at the end of the stream, nil when there are none yet.
    private borrowing func receiveNow() throws(HTTPExchangeError) -> ArraySlice<UInt8>? {
        var piece = [UInt8](repeating: 0, count: Self.pieceByteCount)
        let count = unsafe piece.withUnsafeMutableBytes { buffer in
            unsafe recv(descriptor, buffer.baseAddress, buffer.count, 0)
        }
        if count >= 0 { return piece[..<count] }
        guard Self.isPassing(errno) else { throw Self.broken() }
        return nil
    }

    /// Sends as many bytes as the socket takes.
    private borrowing func send(_ bytes: inout ArraySlice<UInt8>) throws(HTTPExchangeError) {
        let count = unsafe bytes.withUnsafeBytes { buffer in
            unsafe Glibc.send(descriptor, buffer.baseAddress, buffer.count, Int32(MSG_NOSIGNAL))
        }
        if count >= 0 {
            bytes = bytes.dropFirst(count)
        } else if errno == EPIPE {
            // The server takes no more, but its answer may still be unread.
            bytes = []
        } else if !Self.isPassing(errno) {
            throw Self.broken()
        }
    }

    private static func connect(
        _ address: UnsafePointer<sockaddr>, _ byteCount: socklen_t, name: String, deadline: Int
    ) throws(HTTPExchangeError) -> Int32 {
        let type = Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue) | Int32(SOCK_NONBLOCK.rawValue)
        let descriptor = socket(AF_UNIX, type, 0)
        guard descriptor >= 0 else { throw unreachable(name, errno) }
        while unsafe Glibc.connect(descriptor, address, byteCount) != 0 {
            if errno == EINPROGRESS { break }
            // The socket's queue is full; poll(2) cannot wait for room in it.
            if errno == EAGAIN && MonotonicClock.milliseconds() < deadline {
                usleep(busyMicroseconds)
                continue
            }
            let failure = errno
            close(descriptor)
            throw unreachable(name, failure)
        }
        do throws(HTTPExchangeError) {
            _ = try wait(descriptor, for: POLLOUT, deadline: deadline)
        } catch {
            close(descriptor)
            throw error
        }
        var failure: Int32 = 0
        var size = socklen_t(MemoryLayout<Int32>.size)
        guard unsafe getsockopt(descriptor, SOL_SOCKET, SO_ERROR, &failure, &size) == 0, failure == 0 else {
            close(descriptor)
            throw unreachable(name, failure)
        }
        return descriptor
    }

    /// Waits for one of the events, and returns those that have happened.
    private static func wait(_ descriptor: Int32, for events: Int32, deadline: Int) throws(HTTPExchangeError) -> Int32 {
        while true {
            let left = deadline - MonotonicClock.milliseconds()
            guard left > 0 else { throw HTTPExchangeError(.timedOut, "no answer within the time-out") }
            var entry = pollfd(fd: descriptor, events: Int16(events), revents: 0)
            if unsafe poll(&entry, 1, Int32(clamping: left)) > 0 { return Int32(entry.revents) }
        }
    }

    private static func isPassing(_ number: Int32) -> Bool {
        number == EINTR || number == EAGAIN
    }

    private static func unreachable(_ name: String, _ number: Int32) -> HTTPExchangeError {
        let cause = number == 0 ? "" : ": \(unsafe String(cString: strerror(number)))"
        return HTTPExchangeError(.unreachable, "nothing answers at \(name)\(cause)")
    }

    private static func broken() -> HTTPExchangeError {
        HTTPExchangeError(.closed, "the connection was broken off")
    }
}
