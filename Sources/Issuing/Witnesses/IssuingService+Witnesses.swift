import Encoding
import Synchronization

extension IssuingService {
    /// Has the witnesses of the settings asked, if there are any.
    ///
    /// A start waits for them for a few seconds at most, and goes on without those that do not answer.
    ///
    /// - Parameters:
    ///   - nowMilliseconds: the clock.
    ///   - failed: receives a witness's name and the code of its error, when that code changes.
    /// - Throws: `witnesses_invalid`; `log_behind_witness` or `log_forked_witness`, after which nothing may be served.
    package func employWitnesses(
        nowMilliseconds: @escaping @Sendable () -> UInt64,
        failed: @escaping @Sendable (_ name: String, _ code: String) -> Void
    ) async throws(OperationError) {
        guard let path = settings.witnesses else { return }
        let file = try WitnessFile(contentsOf: path, log: log.key)
        try await log.employ(file, nowSeconds: { nowMilliseconds() / 1000 }, failed: failed)
    }

    /// The witnesses' counts.
    package var witnessTally: [WitnessTally] { log.witnesses.withLock { $0 }?.tally ?? [] }

    /// Each witness's last cosignature and error; nil where the daemon asks none.
    ///
    /// - Parameter now: seconds since 1970-01-01T00:00:00Z.
    /// - Returns: one object for each witness.
    func witnessReport(at now: UInt64) -> JSONValue? {
        log.witnesses.withLock { $0 }?.json(at: now)
    }
}
