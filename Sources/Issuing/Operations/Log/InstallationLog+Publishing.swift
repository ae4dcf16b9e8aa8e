extension InstallationLog {
    private static let interval = Duration.seconds(1)

    /// Publishes about once a second until the task is cancelled.
    ///
    /// - Parameter report: takes what went wrong, once for each time that it begins.
    package func publishContinually(report: (OperationError) -> Void) async {
        // What stops the log was said when it was found.
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
    }
}
