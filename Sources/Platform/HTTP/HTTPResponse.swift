/// An HTTP/1.1 answer (RFC 9112): its status and its body, the framing removed.
package struct HTTPResponse: Sendable, Equatable {
    package let status: Int
    package let body: [UInt8]
}
