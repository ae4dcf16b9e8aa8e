import HTTPTypes
import Issuing

/// An answer that is sent whole, with its length in the head.
struct WholeAnswer: Sendable {
    /// The seconds after which a client should repeat a request that can succeed later (RFC 9110 §10.2.3).
    private static let retrySeconds = 5

    let status: Int
    let bytes: [UInt8]
    private let type: String
    private let allow: String?

    /// Adds a line feed to JSON, for readers at a terminal.
    init(_ answer: OperationAnswer) {
        status = 200
        type = answer.type
        bytes = type == OperationAnswer.jsonType ? answer.bytes + [0x0A] : answer.bytes
        allow = nil
    }

    /// - Parameters:
    ///   - error: the error to send.
    ///   - allow: the methods that the path takes, when the method was wrong (RFC 9110 §15.5.6).
    init(error: OperationError, allow: String? = nil) {
        status = error.httpStatus
        type = OperationAnswer.jsonType
        bytes = OperationAnswer(json: error.json).bytes + [0x0A]
        self.allow = allow
    }

    init(metrics: String) {
        status = 200
        bytes = Array(metrics.utf8)
        type = "text/plain; version=0.0.4"
        allow = nil
    }

    var head: HTTPResponse {
        var fields: HTTPFields = [.contentType: type, .contentLength: String(bytes.count)]
        if let allow { fields[.allow] = allow }
        if status == 503 { fields[.retryAfter] = String(Self.retrySeconds) }
        return HTTPResponse(status: HTTPResponse.Status(code: status), headerFields: fields)
    }
}
