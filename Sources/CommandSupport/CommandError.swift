/// A failure that ends a command: what happened to which input, and the fix.
package struct CommandError: Error, Equatable {
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
}
