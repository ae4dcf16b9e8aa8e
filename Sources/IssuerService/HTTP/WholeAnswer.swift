import Encoding
import HTTPTypes

/// An answer that is sent at once, with its length ahead.
struct WholeAnswer: Sendable {
    let status: Int
    let bytes: [UInt8]
    private let type: String

    init(json: JSONValue, status: Int = 200) {
        self.status = status
        bytes = Array(json.encoded().utf8) + [0x0A]
        type = "application/json"
    }

    init(error: OperationError) {
        self.init(json: error.json, status: error.httpStatus)
    }

    init(metrics: String) {
        status = 200
        bytes = Array(metrics.utf8)
        type = "text/plain; version=0.0.4"
    }

    var head: HTTPResponse {
        HTTPResponse(
            status: HTTPResponse.Status(code: status),
            headerFields: [.contentType: type, .contentLength: String(bytes.count)])
    }
}
