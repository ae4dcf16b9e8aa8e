package import Platform

/// A failure that ends a command: what happened to which input, and the fix.
package struct CommandError: Error, Equatable, Sendable {
    /// The stable snake_case code, which programs may compare.
    package let code: String
    /// What happened to which input: lower case, no full stop.
    package let reason: String
    /// The fix, as one imperative sentence.
    package let hint: String
    /// The exit status of the process.
    package let status: ExitStatus

    package init(code: String, reason: String, hint: String, status: ExitStatus = .undecided) {
        self.code = code
        self.reason = reason
        self.hint = hint
        self.status = status
    }

    /// A lower module's error, for a command without a verdict: the exit status follows from the error's class.
    ///
    /// - Parameters:
    ///   - error: the error.
    ///   - input: the input that the reason must name; nil when the reason already names it.
    package init(_ error: some CodedError, in input: String? = nil) {
        self.init(error, in: input, status: ExitStatus(error.errorClass))
    }

    /// A lower module's error, for a command with a verdict: the verdict is undecided.
    package init(undecided error: some CodedError, in input: String? = nil) {
        self.init(error, in: input, status: .undecided)
    }

    /// A lower module's error, with the exit status that the command gives it.
    package init(_ error: some CodedError, in input: String? = nil, status: ExitStatus) {
        self.init(
            code: error.codeText, reason: input.map { "\($0): \(error.reason)" } ?? error.reason, hint: error.hint,
            status: status)
    }
}
