/// An HTTP/1.1 answer (RFC 9112): its status and its body, the framing removed.
package struct HTTPResponse: Sendable, Equatable {
    package let status: Int
    package let body: [UInt8]
    /// The seconds that the server asks to wait (RFC 9110 §10.2.3); nil if it names none, or a date.
    package let retryAfterSeconds: Int?
    /// The address to which the server redirects (RFC 9110 §10.2.2).
    package let location: String?

    init(_ head: HTTPResponseHead, body: [UInt8]) {
        status = head.status
        self.body = body
        retryAfterSeconds = head.fields["retry-after"].flatMap { UInt32($0) }.map(Int.init)
        location = head.fields["location"]
    }
}
