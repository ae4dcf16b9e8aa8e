import CommandSupport
import Issuing

/// Checks one log at the start, and then publishes it about once a second.
struct PublishedLog: Sendable {
    private let recovery: Task<[String], any Error>
    private let publishing: Task<OperationError?, Never>

    /// - Parameters:
    ///   - log: the log.
    ///   - reportsClock: whether the clock's errors are reported; one of two logs does that.
    init(_ log: InstallationLog, reportsClock: Bool) {
        let recovery = log.begin(thoroughly: true)
        self.recovery = recovery
        publishing = Task {
            await Self.report(recovery)
            return await log.publishContinually { error in
                if reportsClock || !error.isOfClock { SuishendCommand.report(error) }
            }
        }
    }

    /// Ends the check and the publishing.
    ///
    /// - Returns: the error of the last publication; nil after a success.
    func stop() async -> OperationError? {
        recovery.cancel()
        publishing.cancel()
        return await publishing.value
    }

    /// Reports the log's recovery after a crash, or that the log cannot be opened.
    ///
    /// Without its trace log the daemon takes no events, and serves everything else.
    private static func report(_ recovery: Task<[String], any Error>) async {
        do {
            for line in try await recovery.value { StandardStream.error.write("suishend: \(line)\n") }
        } catch {
            let error = OperationError(any: error)
            // The clock's errors come from the first publication too.
            if error != .logChecking, !error.isOfClock { SuishendCommand.report(error) }
        }
    }
}
