package import Platform

/// A request that was refused, or that could not be carried out: nothing of it was done.
package struct OperationError: CodedError, Equatable {
    /// A stable snake_case code: one of ``Code``, of a part below, or what a daemon answered.
    package let code: String
    package let reason: String
    package let hint: String
    package let errorClass: ErrorClass

    package init(code: Code, reason: String, hint: String) {
        self.init(code: code.rawValue, reason: reason, hint: hint, errorClass: code.errorClass)
    }

    /// An error that a daemon answered.
    package init(code: String, reason: String, hint: String, errorClass: ErrorClass) {
        self.code = code
        self.reason = reason
        self.hint = hint
        self.errorClass = errorClass
    }

    /// The error of a part below; every file and stored byte that it read is the service's own.
    package init(_ error: some CodedError) {
        self.init(
            code: error.codeText, reason: error.reason, hint: error.hint,
            errorClass: error.errorClass.behindService)
    }

    /// Any error in this type; an error of another library is a malfunction, and its content is not told.
    package init(any error: any Error) {
        switch error {
        case let error as OperationError: self = error
        case let error as any CodedError: self.init(error)
        default:
            self.init(
                code: .unexpected, reason: "the service failed for a reason that it does not know",
                hint: "send the request again; if the error stays, report it with the daemon's log")
        }
    }

    package static let keyMisplaced = OperationError(
        code: .idempotencyKeyMisplaced, reason: "what is asked takes no idempotency key",
        hint: "leave it out, or send the lines of a batch one by one with a key each")
}
