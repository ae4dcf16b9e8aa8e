package import Platform

/// The exit statuses of all commands.
package enum ExitStatus: Int32, Sendable {
    /// Accepted, intact, or done.
    case success = 0
    /// Rejected, tampered, or failed.
    case failure = 1
    /// No answer: the gate stays closed.
    case undecided = 2
    /// The command line is wrong (`EX_USAGE` of sysexits.h).
    case usage = 64
    /// Our malfunction (`EX_SOFTWARE`).
    case malfunction = 70
    /// Nothing was done; the same command can succeed later (`EX_TEMPFAIL`).
    case later = 75
}

extension ExitStatus {
    /// The exit status of a command without a verdict.
    package init(_ errorClass: ErrorClass) {
        self =
            switch errorClass {
            case .requestMalformed, .methodNotAllowed, .requestTooLong, .inputUnusable, .notPermitted, .notFound,
                .conflict:
                .failure
            case .later, .tooMany: .later
            case .malfunction: .malfunction
            }
    }
}
