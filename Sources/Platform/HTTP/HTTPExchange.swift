/// One HTTP/1.1 request and its answer over a connection of its own (RFC 9112), with every size and time limited.
package struct HTTPExchange: Sendable {
    /// The most bytes of status line and header fields.
    package static let headByteCountMax = 16 << 10
    /// The most bytes of a body, sent or received.
    package static let bodyByteCountMax = 1 << 20

    package let endpoint: HTTPEndpoint
    /// The time limit of one exchange, from connecting to the last byte, without the resolution of a host's name.
    package let timeoutMilliseconds: Int

    package init(endpoint: HTTPEndpoint, timeoutMilliseconds: Int) {
        self.endpoint = endpoint
        self.timeoutMilliseconds = timeoutMilliseconds
    }

    /// Posts a JSON body.
    ///
    /// - Parameters:
    ///   - path: starts with `/`; visible ASCII only.
    ///   - body: at most ``bodyByteCountMax`` bytes.
    ///   - contentType: the body's media type.
    ///   - fields: further header fields, visible ASCII only.
    /// - Returns: the answer, with any status.
    /// - Throws: `unreachable`, `timed_out`, `closed`, `malformed_response` or `too_large`.
    package func post(
        path: String, body: [UInt8], contentType: String = "application/json",
        fields: [(name: String, value: String)] = []
    ) throws(HTTPExchangeError) -> HTTPResponse {
        // No input reaches this: every path is a constant of the source.
        precondition(path.hasPrefix("/") && path.utf8.allSatisfy { (0x21...0x7E).contains($0) })
        guard body.count <= Self.bodyByteCountMax else {
            throw HTTPExchangeError(.tooLarge, "a request of \(body.count) bytes", hint: "send a smaller request")
        }
        let connection = try HTTPConnection(endpoint, timeoutMilliseconds: timeoutMilliseconds)
        var head = [
            "POST \(endpoint.prefix)\(path) HTTP/1.1", "Host: \(endpoint.hostField)", "Content-Type: \(contentType)",
            "Content-Length: \(body.count)", "Accept: application/json", "Connection: close",
        ]
        for field in fields {
            // No input reaches this: names are constants, and a spooled event's key is checked when it is read.
            precondition((field.name + field.value).utf8.allSatisfy { (0x20...0x7E).contains($0) })
            head.append("\(field.name): \(field.value)")
        }
        let request = Array((head + ["", ""]).joined(separator: "\r\n").utf8) + body
        return try connection.exchange(request, bodyByteCountMax: Self.bodyByteCountMax)
    }
}
