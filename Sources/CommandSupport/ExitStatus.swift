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
}
