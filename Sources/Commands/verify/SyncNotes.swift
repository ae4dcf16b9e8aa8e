import CommandSupport
import Gate
import Platform

/// Tells on stderr what a fetch has found of the gate's sealed keys: each finding once, until it changes.
struct SyncNotes {
    /// The server's address.
    let address: String
    /// The code that was told last; nil while nothing is wrong.
    private var told: String?

    init(address: String) { self.address = address }

    /// Tells a finding.
    ///
    /// - Returns: the exit status of a command that fetches once; nil where the keys are good, or the server has none.
    mutating func tell(_ keys: SyncedKeys?) -> ExitStatus? {
        if let keys, keys.isReceivingKeyOld, case .taken = keys.state {
            Diagnostics(command: "verify").warn(
                "this gate's receiving key is over a week old: make the next one with `verify renew-key`, and give its "
                    + "request to `suishen gate rekey` [\(SyncedKeys.receivingKeyOldWarning)]")
        }
        switch keys?.state {
        case nil, .taken, .unchanged:
            told = nil
            return nil
        case .missing(let isNews):
            if isNews, told != SyncedKeys.missingWarning {
                Diagnostics(command: "verify").warn(
                    "the server has no sealed keys for this gate, which keeps those that it has: it is not registered "
                        + "for a domain, or was suspended or revoked [\(SyncedKeys.missingWarning)]")
            }
            told = SyncedKeys.missingWarning
            return nil
        case .refused(let error): return report(CommandError(error, status: .failure))
        case .unavailable(let error):
            return report(
                Self.commandError(error, from: "\(address)/\(SealedEpochKeys.folder)") as? CommandError
                    ?? CommandError(unexpected: error))
        }
    }

    private mutating func report(_ error: CommandError) -> ExitStatus {
        if told != error.code { Diagnostics(command: "verify").report(error) }
        told = error.code
        return error.status
    }

    /// The command's error; an answer that cannot be read or is too long is the server's fault and no malfunction.
    static func commandError(_ error: any Error, from address: String) -> any Error {
        switch error {
        case let error as BundleError: CommandError(error)
        case let error as SyncError: CommandError(error)
        case let error as HTTPExchangeError:
            CommandError(error, in: address, status: ExitStatus(error.errorClass) == .later ? .later : .failure)
        default: error
        }
    }
}

extension SyncedKeys.State {
    /// The word in the command's result.
    var name: String {
        switch self {
        case .taken: "taken"
        case .unchanged: "unchanged"
        case .missing: "missing"
        case .refused: "refused"
        case .unavailable: "unavailable"
        }
    }
}

extension CommandError {
    /// An error of no known kind.
    init(unexpected error: any Error) {
        self.init(
            code: "unexpected", reason: "the fetch failed: \(error)", hint: "report this with the line above",
            status: .malfunction)
    }
}
