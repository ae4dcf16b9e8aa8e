import Platform

/// The way to a daemon.
protocol DaemonLink: AnyObject {
    /// Sends a request, and returns the answer with any status.
    func answer(
        to target: HTTPRequestTarget, fields: [(name: String, value: String)], byteCountMax: Int
    ) throws(HTTPExchangeError) -> HTTPResponse
}

/// One connection to a daemon's socket.
final class SocketDaemonLink: DaemonLink {
    private let connection: HTTPConnection

    /// Connects, without a time limit: a batch or a bundle may take minutes, and the kernel says when the daemon ends.
    init(path: String) throws(HTTPExchangeError) {
        connection = try HTTPConnection(socket: path, timeoutMilliseconds: nil)
    }

    func answer(
        to target: HTTPRequestTarget, fields: [(name: String, value: String)], byteCountMax: Int
    ) throws(HTTPExchangeError) -> HTTPResponse {
        var head = ["\(target.method.rawValue) \(target.path) HTTP/1.1", "Host: suishend"]
        head += fields.map { "\($0.name): \($0.value)" }
        if target.method == .post { head.append("Content-Length: \(target.body.count)") }
        head += ["", ""]
        return try connection.exchange(
            Array(head.joined(separator: "\r\n").utf8) + target.body, bodyByteCountMax: byteCountMax)
    }
}

/// Requests to a daemon over TLS, each on a connection of its own.
final class RemoteDaemonLink: DaemonLink {
    /// The longest time for one request, since a machine on the network may end without a word.
    private static let timeoutMilliseconds = 900_000

    private let exchange: HTTPExchange

    init(_ address: RemoteAddress) {
        exchange = HTTPExchange(endpoint: .remote(address), timeoutMilliseconds: Self.timeoutMilliseconds)
    }

    func answer(
        to target: HTTPRequestTarget, fields: [(name: String, value: String)], byteCountMax: Int
    ) throws(HTTPExchangeError) -> HTTPResponse {
        try exchange.ask(
            path: target.path, body: target.method == .post ? target.body : nil, fields: fields,
            byteCountMax: byteCountMax)
    }
}
