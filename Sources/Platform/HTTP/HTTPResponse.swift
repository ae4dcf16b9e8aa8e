/// An HTTP/1.1 answer (RFC 9112): its status and its body, the framing removed.
package struct HTTPResponse: Sendable, Equatable {
    package let status: Int
    package let body: [UInt8]
    /// The seconds that the server asks to wait (RFC 9110 §10.2.3); nil if it names none, or a date.
    package let retryAfterSeconds: Int?
    /// The address to which the server redirects (RFC 9110 §10.2.2).
    package let location: String?
    /// The answer's entity tag, quotes included (RFC 9110 §8.8.3); nil for none, or one that is not visible ASCII.
    package let entityTag: String?
    /// Whether the connection takes another request after this answer.
    let keepsConnection: Bool

    private static let entityTagByteCountMax = 256

    init(_ head: HTTPResponseHead, body: [UInt8]) {
        status = head.status
        self.body = body
        keepsConnection = head.keepsConnection
        retryAfterSeconds = head.fields["retry-after"].flatMap { UInt32($0) }.map(Int.init)
        location = head.fields["location"]
        entityTag = head.fields["etag"].flatMap { tag in
            tag.utf8.allSatisfy { (0x21...0x7E).contains($0) } && tag.utf8.count <= Self.entityTagByteCountMax
                ? tag : nil
        }
    }
}
