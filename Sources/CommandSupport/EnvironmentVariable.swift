import Glibc

/// A variable of the environment that stands in for an option of several commands.
package enum EnvironmentVariable: String {
    /// The installation's folder.
    case state = "SUISHEN_STATE"
    /// The daemon's socket.
    case socket = "SUISHEN_SOCKET"
    /// The address of a daemon on another machine.
    case daemon = "SUISHEN_DAEMON"
    /// The file of this client's certificate.
    case certificate = "SUISHEN_CERTIFICATE"
    /// The file of the certificate's private key.
    case certificateKey = "SUISHEN_CERTIFICATE_KEY"
    /// The file of the authorities that may vouch for the daemon.
    case authority = "SUISHEN_AUTHORITY"

    /// The value of an option, or the variable's where the option is not given.
    ///
    /// - Parameter option: the option's value; nil where it is not given.
    /// - Returns: nil for an empty text, or where there is neither.
    package func value(unless option: String?) -> String? {
        let variable = unsafe getenv(rawValue).map { unsafe String(cString: $0) }
        guard let value = option ?? variable, !value.isEmpty else { return nil }
        return value
    }

    /// The value, which the command needs.
    ///
    /// - Parameter option: the option's value; nil where it is not given.
    /// - Returns: the option's value, or the variable's.
    /// - Throws: `state_missing`, `socket_missing` or `usage` for an empty text, or where there is neither.
    package func required(unless option: String?) throws(CommandError) -> String {
        guard let value = value(unless: option) else { throw missing }
        return value
    }

    private var missing: CommandError {
        switch self {
        case .state:
            CommandError(
                code: "state_missing", reason: "no installation is named",
                hint: "name it with --state DIR or in \(rawValue)", status: .usage)
        case .socket:
            CommandError(
                code: "socket_missing", reason: "no daemon is named",
                hint: "name its socket with --socket or in \(rawValue)", status: .usage)
        case .daemon, .certificate, .certificateKey, .authority:
            CommandError(
                code: "usage", reason: "\(rawValue) is not given",
                hint: "a daemon on another machine needs --daemon, --certificate, --certificate-key and --authority",
                status: .usage)
        }
    }
}
