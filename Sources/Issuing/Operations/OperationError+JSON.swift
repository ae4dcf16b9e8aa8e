package import Encoding

extension OperationError {
    /// The error as every answer and every line of a batch carries it.
    package var json: JSONValue {
        ["error": ["code": .string(code), "reason": .string(reason), "hint": .string(hint)]]
    }

    /// A request that is no JSON.
    package init(_ error: JSONError) {
        self.init(code: "request_malformed", reason: error.reason, hint: error.hint)
    }

    /// Of a request, or of a line, that is over the limit.
    package static func requestTooLong(_ byteCountMax: Int) -> OperationError {
        OperationError(
            code: "request_too_long", reason: "a request is over \(byteCountMax) bytes",
            hint: "send one object, or many as lines of application/x-ndjson")
    }
}
