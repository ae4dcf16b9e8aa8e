import Synchronization

/// Asks one service over a UNIX socket, and keeps a few connections for the next questions.
///
/// A kept connection has one question at a time, and is kept only after a whole answer.
final class SocketClient: Sendable {
    private let path: String
    private let timeoutMilliseconds: Int
    /// Connections that no thread uses at the moment.
    private let idle = Mutex<[KeptConnection]>([])

    init(_ path: String, timeoutMilliseconds: Int) {
        self.path = path
        self.timeoutMilliseconds = max(timeoutMilliseconds, 1)
    }

    func answer(to request: HTTPRequest) throws(HTTPExchangeError) -> HTTPResponse {
        let deadline = MonotonicClock.milliseconds() + timeoutMilliseconds
        if request.isOfManyFiles, let kept = takeIdle() {
            do throws(HTTPExchangeError) {
                return try answer(to: request, on: kept, deadline)
            } catch {
                // A service may close a connection that waits; a GET can be sent again (RFC 9112 §9.3.1).
                guard error.code == .closed else { throw error }
            }
        }
        let fresh = KeptConnection(try HTTPConnection(socket: path, deadlineMilliseconds: deadline))
        return try answer(to: request, on: fresh, deadline)
    }

    private func answer(
        to request: HTTPRequest, on kept: KeptConnection, _ deadline: Int
    ) throws(HTTPExchangeError) -> HTTPResponse {
        let method = request.method ?? (request.body == nil ? "GET" : "POST")
        var head = ["\(method) \(request.path) HTTP/1.1", "Host: localhost"]
        head += request.fields.map { "\($0.name): \($0.value)" }
        if let body = request.body { head.append("Content-Length: \(body.count)") }
        if !request.isOfManyFiles { head.append("Connection: close") }
        head += ["", ""]
        let response = try kept.connection.exchange(
            Array(head.joined(separator: "\r\n").utf8) + (request.body ?? []),
            bodyByteCountMax: request.answerByteCountMax, deadlineMilliseconds: deadline)
        if request.isOfManyFiles, response.keepsConnection { keep(kept) }
        return response
    }

    /// A connection that the service has not closed; the others are closed here.
    private func takeIdle() -> KeptConnection? {
        while let kept = idle.withLock({ $0.popLast() }) {
            if kept.connection.isQuiet { return kept }
        }
        return nil
    }

    private func keep(_ kept: KeptConnection) {
        idle.withLock { if $0.count < HTTPExchange.keptConnectionCountMax { $0.append(kept) } }
    }
}

/// Holds a connection, which cannot be copied, in a list.
private final class KeptConnection: Sendable {
    let connection: HTTPConnection

    init(_ connection: consuming HTTPConnection) {
        self.connection = connection
    }
}
