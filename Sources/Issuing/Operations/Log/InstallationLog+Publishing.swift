extension InstallationLog {
    /// Publishes about once a second, or as rarely as the settings say, until the task is cancelled.
    ///
    /// - Parameter report: receives an error when it first occurs, and not while it lasts.
    /// - Returns: the error of the last publication; nil after a success.
    package func publishContinually(report: (OperationError) -> Void) async -> OperationError? {
        // An error that stopped the log has been reported already.
        var reported = trouble
        while !Task.isCancelled {
            do {
                try await publish()
                try await addLateCosignatures()
                reported = nil
            } catch {
                if error != reported { report(error) }
                reported = error
            }
            try? await Task.sleep(for: interval)
        }
        return reported
    }
}
