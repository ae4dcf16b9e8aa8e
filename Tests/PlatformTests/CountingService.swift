import Dispatch
import Glibc
import Platform
import Synchronization
import TestSupport
import Testing

/// A service on a UNIX socket that counts its connections, and treats each request as it is told.
final class CountingService: Sendable {
    enum Reply: Sendable {
        /// Answers, and keeps the connection.
        case answer(String = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok")
        /// Answers, and closes the connection without having said so.
        case answerAndClose
        /// Closes the connection without an answer.
        case close
    }

    private final class Counts: Sendable {
        let connections = Mutex(0)
        let requests = Mutex<[String]>([])
    }

    let path: String
    private let listener: Int32
    private let thread = DispatchGroup()
    private let counts = Counts()

    /// - Parameters:
    ///   - folder: where the socket is made.
    ///   - batch: the number of requests that must be open at one time before any is answered.
    ///   - reply: by the number of the request, from 0.
    /// - Throws: where there is no socket at the path.
    init(in folder: ScratchFolder, batch: Int = 1, reply: @escaping @Sendable (Int) -> Reply) throws {
        path = folder("service.sock")
        let socket = UNIXSocket.make()
        listener = socket
        try #require(UNIXSocket.bind(socket, to: path) == 0 && listen(socket, 64) == 0)
        DispatchQueue(label: "service").async(group: thread) { [counts] in
            Self.serve(socket, counts, batch, reply)
        }
    }

    deinit {
        shutdown(listener, Int32(SHUT_RDWR))
        thread.wait()
        close(listener)
    }

    var connectionCount: Int { counts.connections.withLock { $0 } }
    var requests: [String] { counts.requests.withLock { $0 } }

    private static func serve(
        _ listener: Int32, _ counts: Counts, _ batch: Int, _ reply: (Int) -> Reply
    ) {
        var open: [Int32] = []
        var waiting: [Int32] = []
        var answered = 0
        defer { for connection in open { close(connection) } }
        while true {
            var watched = ([listener] + open).map { pollfd(fd: $0, events: Int16(POLLIN), revents: 0) }
            guard unsafe poll(&watched, nfds_t(watched.count), -1) > 0 else { continue }
            if watched[0].revents != 0 {
                let connection = accept(listener, nil, nil)
                guard connection >= 0 else { return }
                counts.connections.withLock { $0 += 1 }
                open.append(connection)
            }
            for entry in watched.dropFirst() where entry.revents != 0 {
                var request = [UInt8](repeating: 0, count: 1 << 16)
                let count = unsafe recv(entry.fd, &request, request.count, 0)
                if count > 0 {
                    counts.requests.withLock { $0.append(String(decoding: request[..<count], as: UTF8.self)) }
                    waiting.append(entry.fd)
                } else {
                    open.removeAll { $0 == entry.fd }
                    close(entry.fd)
                }
            }
            guard waiting.count >= batch else { continue }
            for connection in waiting {
                if !send(reply(answered), on: connection) {
                    open.removeAll { $0 == connection }
                    close(connection)
                }
                answered += 1
            }
            waiting = []
        }
    }

    /// Sends a reply; false where the connection is to be closed.
    private static func send(_ reply: Reply, on connection: Int32) -> Bool {
        let text =
            switch reply {
            case .answer(let text): text
            case .answerAndClose: "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"
            case .close: ""
            }
        if !text.isEmpty { _ = unsafe Glibc.send(connection, text, text.utf8.count, Int32(MSG_NOSIGNAL)) }
        if case .answer = reply { return true }
        return false
    }
}
