package import Platform

/// The error of a request that was refused or could not be carried out.
package struct OperationError: CodedError, Equatable {
    /// A stable snake_case code: one of ``Code``, of a lower module, or of a daemon's answer.
    package let code: String
    package let reason: String
    package let hint: String
    package let errorClass: ErrorClass
    /// The seconds after which the same request can succeed; nil where nobody knows.
    package let retrySeconds: UInt64?

    package init(code: Code, reason: String, hint: String, retrySeconds: UInt64? = nil) {
        self.init(
            code: code.rawValue, reason: reason, hint: hint, errorClass: code.errorClass, retrySeconds: retrySeconds)
    }

    /// An error in a daemon's answer.
    package init(
        code: String, reason: String, hint: String, errorClass: ErrorClass, retrySeconds: UInt64? = nil
    ) {
        self.code = code
        self.reason = reason
        self.hint = hint
        self.errorClass = errorClass
        self.retrySeconds = retrySeconds
    }

    /// An error of a lower module, which reads only the service's own files.
    package init(_ error: some CodedError) {
        self.init(
            code: error.codeText, reason: error.reason, hint: error.hint,
            errorClass: error.errorClass.behindService)
    }

    /// Converts any error; an error of another library becomes a malfunction, and its text is not shown.
    package init(any error: any Error) {
        switch error {
        case let error as OperationError: self = error
        case let error as any CodedError: self.init(error)
        default:
            self.init(
                code: .unexpected, reason: "the service failed for an unknown reason",
                hint: "send the request again; if the error stays, report it with the daemon's log")
        }
    }

    /// The error of a request beyond its rate.
    ///
    /// - Parameters:
    ///   - what: the requests that are limited, in the plural.
    ///   - microseconds: the time until one more can be taken.
    /// - Returns: `rate_exceeded`.
    package static func rateExceeded(_ what: String, after microseconds: UInt64) -> OperationError {
        let seconds = max(1, (microseconds + 999_999) / 1_000_000)
        return OperationError(
            code: .rateExceeded, reason: "there are too many \(what) in a short time",
            hint: "send the request again in \(seconds) s, and at an even pace", retrySeconds: seconds)
    }

    package static let keyMisplaced = OperationError(
        code: .idempotencyKeyMisplaced, reason: "this request takes no idempotency key",
        hint: "omit the key, or send the lines of a batch one by one, each with its own key")
}
