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

    /// The error in a daemon's answer, or in one line of a batch's answer.
    ///
    /// - Parameters:
    ///   - answer: has the member `error`; an answer without it is the daemon's malfunction.
    ///   - httpStatus: the status to use when the error has no status of its own.
    package init(answer: JSONValue, httpStatus: Int) {
        let error = answer["error"]
        let status = error?["status"]?.integer.map { Int(clamping: $0) } ?? httpStatus
        self.init(
            code: error?["code"]?.string ?? Code.unexpected.rawValue,
            reason: error?["reason"]?.string ?? "the daemon answered with status \(httpStatus) and no error",
            hint: error?["hint"]?.string ?? "see the daemon's log", errorClass: ErrorClass(httpStatus: status))
    }

    /// The error for a request that is not JSON.
    package init(request error: JSONError) {
        self.init(code: .requestMalformed, reason: error.reason, hint: error.hint)
    }

    /// The error for a request or a line that is over the limit.
    package static func requestTooLong(_ byteCountMax: Int) -> OperationError {
        OperationError(
            code: .requestTooLong, reason: "a request is longer than \(byteCountMax) bytes",
            hint: "send one object, or several as lines of application/x-ndjson")
    }
}
