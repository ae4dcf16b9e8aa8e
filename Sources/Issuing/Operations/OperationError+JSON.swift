package import Encoding
import Platform

extension OperationError {
    /// The HTTP status of an answer that carries the error.
    package var httpStatus: Int { errorClass.behindService.httpStatus }

    /// The error as every answer and every line of a batch carries it.
    package var json: JSONValue {
        [
            "error": [
                "code": .string(code), "reason": .string(reason), "hint": .string(hint),
                "status": .integer(Int64(httpStatus)),
            ]
        ]
    }

    /// The error that a daemon's answer carries, whole or as a line of a batch.
    ///
    /// - Parameters:
    ///   - answer: has the member `error`; all else is a malfunction of the daemon's.
    ///   - httpStatus: the status for an error that names none.
    package init(answer: JSONValue, httpStatus: Int) {
        let error = answer["error"]
        let status = error?["status"]?.integer.map { Int(clamping: $0) } ?? httpStatus
        self.init(
            code: error?["code"]?.string ?? Code.unexpected.rawValue,
            reason: error?["reason"]?.string ?? "the daemon answered with status \(httpStatus) and no error",
            hint: error?["hint"]?.string ?? "see the daemon's log", errorClass: ErrorClass(httpStatus: status))
    }

    /// A request that is no JSON.
    package init(request error: JSONError) {
        self.init(code: .requestMalformed, reason: error.reason, hint: error.hint)
    }

    /// Of a request, or of a line, that is over the limit.
    package static func requestTooLong(_ byteCountMax: Int) -> OperationError {
        OperationError(
            code: .requestTooLong, reason: "a request is over \(byteCountMax) bytes",
            hint: "send one object, or many as lines of application/x-ndjson")
    }
}
