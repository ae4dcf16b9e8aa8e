/// One HTTP/1.1 request and its answer (RFC 9112), with every size and time limited.
///
/// A UNIX socket is asked by ``SocketClient``, and a remote service by ``RemoteClient``.
package struct HTTPExchange: Sendable {
    /// The most bytes of status line and header fields.
    package static let headByteCountMax = 16 << 10
    /// The most bytes of a body, sent or received, unless the caller takes more.
    package static let bodyByteCountMax = 1 << 20
    /// The most connections to a UNIX socket that wait for the next question.
    package static let keptConnectionCountMax = 8

    private let service: Service

    private enum Service: Sendable {
        case remote(RemoteClient)
        case socket(SocketClient)
    }

    /// - Parameters:
    ///   - endpoint: the service.
    ///   - timeoutMilliseconds: the limit of one exchange, from looking up the host's name to the last byte.
    package init(endpoint: HTTPEndpoint, timeoutMilliseconds: Int) {
        service =
            switch endpoint {
            case .remote(let address): .remote(RemoteClient(address, timeoutMilliseconds: timeoutMilliseconds))
            case .socket(let path): .socket(SocketClient(path, timeoutMilliseconds: timeoutMilliseconds))
            }
    }

    /// Posts a JSON body.
    ///
    /// - Parameters:
    ///   - path: starts with `/`; visible ASCII only.
    ///   - body: at most ``bodyByteCountMax`` bytes.
    ///   - fields: further header fields, visible ASCII only.
    /// - Returns: the answer, with any status.
    /// - Throws: `unreachable`, `untrusted_server`, `timed_out`, `closed`, `malformed_response` or `too_large`.
    package func post(
        path: String, body: [UInt8], fields: [(name: String, value: String)] = []
    ) throws(HTTPExchangeError) -> HTTPResponse {
        guard body.count <= Self.bodyByteCountMax else {
            throw HTTPExchangeError(.tooLarge, "a request of \(body.count) bytes", hint: "send a smaller request")
        }
        let fields =
            [(name: "Content-Type", value: "application/json"), (name: "Accept", value: "application/json")]
            + fields
        return try answer(
            to: HTTPRequest(path: path, body: body, fields: fields, answerByteCountMax: Self.bodyByteCountMax))
    }

    /// Posts a body of which everybody may know, and keeps the connection for the next one.
    ///
    /// - Parameters:
    ///   - path: starts with `/`; visible ASCII only.
    ///   - body: at most ``bodyByteCountMax`` bytes.
    ///   - type: the body's media type.
    ///   - byteCountMax: the most bytes of the answer's body.
    /// - Returns: the answer, with any status.
    /// - Throws: as ``post(path:body:fields:)`` does.
    package func post(
        path: String, publicBody body: [UInt8], type: String, byteCountMax: Int
    ) throws(HTTPExchangeError) -> HTTPResponse {
        guard body.count <= Self.bodyByteCountMax else {
            throw HTTPExchangeError(.tooLarge, "a request of \(body.count) bytes", hint: "send a smaller request")
        }
        return try answer(
            to: HTTPRequest(
                path: path, body: body, fields: [(name: "Content-Type", value: type)],
                answerByteCountMax: byteCountMax, isOfManyFiles: true))
    }

    /// Sends one request on a connection of its own, without a limit on its body: a batch or an order of a client of the
    /// daemon.
    ///
    /// - Parameters:
    ///   - path: starts with `/`; visible ASCII only.
    ///   - body: the body of a POST; nil for a GET.
    ///   - fields: header fields, visible ASCII only.
    ///   - byteCountMax: the most bytes of the answer's body.
    /// - Returns: the answer, with any status.
    /// - Throws: as ``post(path:body:fields:)`` does.
    package func ask(
        path: String, body: [UInt8]?, fields: [(name: String, value: String)], byteCountMax: Int
    ) throws(HTTPExchangeError) -> HTTPResponse {
        try answer(to: HTTPRequest(path: path, body: body, fields: fields, answerByteCountMax: byteCountMax))
    }

    /// Fetches one of many files.
    ///
    /// - Parameters:
    ///   - path: starts with `/`; visible ASCII only.
    ///   - byteCountMax: the most bytes of the file.
    ///   - entityTag: the tag of a copy that the caller has; the answer is 304 without a body while the copy is current
    ///     (RFC 9110 §13.1.2).
    /// - Returns: the answer, with any status.
    /// - Throws: as ``post(path:body:fields:)`` does.
    package func get(
        path: String, byteCountMax: Int, unless entityTag: String? = nil
    ) throws(HTTPExchangeError) -> HTTPResponse {
        let fields = entityTag.map { [(name: "If-None-Match", value: $0)] } ?? []
        return try answer(
            to: HTTPRequest(path: path, fields: fields, answerByteCountMax: byteCountMax, isOfManyFiles: true))
    }

    /// The methods of ``send(_:path:body:fields:byteCountMax:keepsConnection:)``.
    package enum Method: String, Sendable {
        case get = "GET"
        case put = "PUT"
        case delete = "DELETE"
    }

    /// Sends a request with header fields of the caller's own, and takes its answer uncompressed.
    ///
    /// - Parameters:
    ///   - method: the method.
    ///   - path: starts with `/`; visible ASCII only.
    ///   - body: the body; nil for none.
    ///   - fields: all header fields except the body's length; visible ASCII and spaces only.
    ///   - byteCountMax: the most bytes of either body.
    ///   - keepsConnection: whether a kept connection may be used. libcurl sends a request again by itself when a kept
    ///     connection turns out to be closed; on a new connection each request is sent once.
    /// - Returns: the answer, with any status.
    /// - Throws: as ``post(path:body:fields:)`` does.
    package func send(
        _ method: Method, path: String, body: [UInt8]? = nil, fields: [(name: String, value: String)],
        byteCountMax: Int, keepsConnection: Bool
    ) throws(HTTPExchangeError) -> HTTPResponse {
        guard body?.count ?? 0 <= byteCountMax else {
            throw HTTPExchangeError(
                .tooLarge, "a request of \(body?.count ?? 0) bytes", hint: "send a smaller request")
        }
        return try answer(
            to: HTTPRequest(
                path: path, body: body, method: method.rawValue, fields: fields, answerByteCountMax: byteCountMax,
                isOfManyFiles: keepsConnection, mayBeCompressed: false))
    }

    private func answer(to request: HTTPRequest) throws(HTTPExchangeError) -> HTTPResponse {
        // No input reaches this: every path is made from constants and numbers.
        precondition(request.path.hasPrefix("/") && request.path.utf8.allSatisfy { (0x21...0x7E).contains($0) })
        for field in request.fields {
            // No input reaches this: names are constants, and a spooled event's key is checked when it is read.
            precondition((field.name + field.value).utf8.allSatisfy { (0x20...0x7E).contains($0) })
        }
        switch service {
        case .remote(let client): return try client.answer(to: request)
        case .socket(let client): return try client.answer(to: request)
        }
    }
}
