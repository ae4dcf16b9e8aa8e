import Storage

extension OperationError {
    /// The error while the log is being checked, and after a check that was cancelled.
    package static let logChecking = OperationError(
        code: .logChecking,
        reason: "the log is still being checked against the published log, and takes no events until then",
        hint: "send the request again once GET /v1/health says `ok` for the log; codes are issued meanwhile")

    /// Whether the error ends all appending to the log and all publishing.
    var endsTheLog: Bool {
        let ending: [LogError.Code] = [
            .logInconsistent, .logUnreadable, .logBehind, .logForked, .logBehindWitness, .logForkedWitness,
            .tilesUnsafe,
        ]
        return ending.contains { $0.rawValue == code }
    }

    /// Whether the error is of object storage that takes nothing for the moment.
    var isOfStorage: Bool {
        code == LogError.Code.tilesSilent.rawValue || code == LogError.Code.tilesRefused.rawValue
    }

    /// Whether the error says that entries are missing after a recovery, which is expected until they are put back.
    package var isOfLogBehind: Bool { code == LogError.Code.logBehind.rawValue }
}
