import Encoding
import Synchronization

extension IssuingService {
    /// Has the witnesses of the settings asked, if there are any.
    ///
    /// A start waits for them for a few seconds at most, and goes on without those that do not answer.
    ///
    /// - Parameters:
    ///   - nowMilliseconds: the clock.
    ///   - changed: receives each change of a witness's error.
    /// - Throws: `witnesses_invalid`; `log_behind_witness` or `log_forked_witness`, after which nothing may be served.
    package func employWitnesses(
        nowMilliseconds: @escaping @Sendable () -> UInt64,
        changed: @escaping @Sendable (WitnessChange) -> Void
    ) async throws(OperationError) {
        guard let path = settings.witnesses else { return }
        for log in witnessedLogs {
            let file = try WitnessFile(contentsOf: path, log: log.key)
            guard file.asks(of: log.key) else { continue }
            try await log.employ(file, nowSeconds: { nowMilliseconds() / 1000 }, changed: changed)
        }
    }

    /// The logs whose checkpoints witnesses may be asked to cosign.
    private var witnessedLogs: [InstallationLog] { [log, acts.log] }

    /// The policy of the witnesses that the daemon asks, for auditors; nil where the settings name none.
    ///
    /// - Throws: `witnesses_invalid`, in a process that asks no witnesses itself.
    func witnessPolicy() throws(OperationError) -> String? {
        if let employed = log.witnesses.withLock({ $0 }) { return employed.auditorText }
        guard let path = settings.witnesses else { return nil }
        return try WitnessFile(contentsOf: path, log: log.key).auditorText
    }

    /// The witnesses' counts, for each log.
    package var witnessTally: [WitnessTally] {
        witnessedLogs.flatMap { $0.witnesses.withLock { $0 }?.tally ?? [] }
    }

    /// Each witness's last cosignature and error; nil where the daemon asks none.
    ///
    /// - Parameter now: seconds since 1970-01-01T00:00:00Z.
    /// - Returns: one object for each log and witness.
    func witnessReport(at now: UInt64) -> JSONValue? {
        let reports = witnessedLogs.compactMap { $0.witnesses.withLock { $0 }?.json(at: now) }
        return reports.isEmpty ? nil : .array(reports.flatMap(\.self))
    }
}
