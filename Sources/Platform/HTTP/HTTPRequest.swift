/// One HTTP/1.1 request, before it is known how the service is reached.
struct HTTPRequest: Sendable {
    /// Starts with `/`; comes after the address's prefix.
    let path: String
    /// The body; nil for a request without one.
    var body: [UInt8]?
    /// The method; nil for POST with a body and GET without one.
    var method: String?
    /// Header fields; neither names nor values have control characters.
    var fields: [(name: String, value: String)] = []
    /// The most bytes of the answer's body, after decompression.
    let answerByteCountMax: Int
    /// Whether the answer may be compressed, and its connection kept for the next request.
    ///
    /// True for what everybody may read: a log's files, the histories of objects, requests to cosign a checkpoint. An answer about one person has a
    /// connection of its own: an answer that came too late could otherwise be taken for the next person's.
    var isOfManyFiles = false
    /// Whether an answer on a kept connection may be compressed.
    var mayBeCompressed = true
}
