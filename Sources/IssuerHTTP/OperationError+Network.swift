import Issuing

extension OperationError {
    /// The answer on a connection whose certificate has ended, or whose authority is no longer that of the settings.
    static let connectionOutdated = OperationError(
        code: .connectionOutdated, reason: "the certificate that this connection began with does not count any more",
        hint: "connect again; if that is refused, ask the operator for a new certificate", retrySeconds: 1)
}
