import HTTPTypes
import Issuing

/// An answer that is sent whole, with its length in the head.
struct WholeAnswer: Sendable {
    /// The seconds after which a client should repeat a request that can succeed later (RFC 9110 §10.2.3).
    private static let retrySecondsDefault: UInt64 = 5

    let status: Int
    let bytes: [UInt8]
    private let type: String
    private let allow: String?
    private let tag: String?
    private let retrySeconds: UInt64

    /// Adds a line feed to JSON, for readers at a terminal.
    ///
    /// - Parameters:
    ///   - answer: the operation's answer.
    ///   - known: the tags of the client's `If-None-Match` (RFC 9110 §13.1.2); bytes that it has are not sent again.
    init(_ answer: OperationAnswer, known: String? = nil) {
        tag = answer.tag.map { "\"\($0)\"" }
        let isKnown = tag.map { Self.contains(known ?? "", tag: $0) } ?? false
        status = isKnown ? 304 : answer.status
        type = answer.type
        bytes = isKnown ? [] : type == OperationAnswer.jsonType ? answer.bytes + [0x0A] : answer.bytes
        allow = nil
        retrySeconds = Self.retrySecondsDefault
    }

    /// Whether a list of tags has this tag, strong or weak.
    private static func contains(_ tags: String, tag: String) -> Bool {
        tags.split(separator: ",").contains { part in
            let known = part.drop { $0 == " " || $0 == "\t" }.prefix { $0 != " " && $0 != "\t" }
            return known == "*" || known == tag || known == "W/\(tag)"
        }
    }

    /// - Parameters:
    ///   - error: the error to send.
    ///   - allow: the methods that the path takes, when the method was wrong (RFC 9110 §15.5.6).
    init(error: OperationError, allow: String? = nil) {
        status = error.httpStatus
        type = OperationAnswer.jsonType
        bytes = OperationAnswer(json: error.json).bytes + [0x0A]
        self.allow = allow
        tag = nil
        retrySeconds = error.retrySeconds ?? Self.retrySecondsDefault
    }

    init(metrics: String) {
        status = 200
        bytes = Array(metrics.utf8)
        type = "text/plain; version=0.0.4"
        allow = nil
        tag = nil
        retrySeconds = Self.retrySecondsDefault
    }

    var head: HTTPResponse {
        // A 304 has no body, and the length of its empty body would be the wrong length of the file (RFC 9110 §8.6).
        var fields: HTTPFields = status == 304 ? [:] : [.contentType: type, .contentLength: String(bytes.count)]
        if let tag { fields[.eTag] = tag }
        if let allow { fields[.allow] = allow }
        if status == 503 || status == 429 { fields[.retryAfter] = String(retrySeconds) }
        return HTTPResponse(status: HTTPResponse.Status(code: status), headerFields: fields)
    }
}
