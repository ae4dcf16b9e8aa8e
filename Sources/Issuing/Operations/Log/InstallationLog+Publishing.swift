extension InstallationLog {
    private static let interval = Duration.seconds(1)

    /// Publishes about once a second until the task is cancelled.
    ///
    /// - Parameter report: receives an error when it first occurs, and not while it lasts.
    /// - Returns: the error of the last publication; nil after a success.
    package func publishContinually(report: (OperationError) -> Void) async -> OperationError? {
        // An error that stopped the log has been reported already.
        var reported = trouble
        while !Task.isCancelled {
            do {
                try await publish()
                reported = nil
            } catch {
                if error != reported { report(error) }
                reported = error
            }
            try? await Task.sleep(for: Self.interval)
        }
        return reported
    }
}
