package import Encoding

extension OperationError {
    static let confirmationUnknown = OperationError(
        code: .confirmationUnknown, reason: "no request with this identifier waits for a confirmation",
        hint: "look with `suishen confirm`; a restart of the daemon voids every request, so ask again")

    static let confirmationOwn = OperationError(
        code: .confirmationOwn, reason: "the user who asked may not confirm the request",
        hint: "have another user with the role operator run `suishen confirm`")

    static let confirmationDiffers = OperationError(
        code: .confirmationDiffers, reason: "the digest is not that of the request",
        hint: "look at the request with `suishen confirm`, and confirm what it shows")

    static let confirmationGiven = OperationError(
        code: .confirmationGiven, reason: "the request was confirmed before, and is carried out once",
        hint: "ask again if it is needed once more")

    static let confirmationEnded = OperationError(
        code: .confirmationEnded,
        reason: "the request is void: \(DualRequest.seconds / 60) minutes are over, or the clock was set back",
        hint: "ask again, and have another operator confirm it in time")

    static let confirmationWaiting = OperationError(
        code: .confirmationWaiting, reason: "the request waits for another operator's confirmation",
        hint: "have another user with the role operator run `suishen confirm`, and fetch the answer then")

    static let confirmationsTooMany = OperationError(
        code: .confirmationsTooMany, reason: "you have \(DualRequests.countMax) requests for confirmations already",
        hint: "have them confirmed, or ask again in \(DualRequest.seconds / 60) minutes",
        retrySeconds: DualRequest.seconds)

    /// The refusal of an act on the files themselves.
    package static func confirmationDaemonOnly(_ act: DualAct) -> OperationError {
        OperationError(
            code: .confirmationDaemonOnly,
            reason: "`dualControl` in suishend.yaml asks for a second operator's confirmation of \(act.rawValue)",
            hint: "start the daemon, and send the request through its socket")
    }

    /// The error of a request that a daemon keeps until it is confirmed.
    ///
    /// - Parameter answer: the daemon's answer with the status 202.
    /// - Returns: `confirmation_needed`.
    package static func confirmationNeeded(_ answer: JSONValue) -> OperationError {
        let name = answer["request"]?.string ?? ""
        let end = answer["expiresAt"]?.integer.map { " before \($0) (seconds since 1970)" } ?? ""
        let isExport = answer["operation"]?.string == IssuerOperation.exportBundle.name
        return OperationError(
            code: .confirmationNeeded, reason: "the request \(name) waits for another operator's confirmation",
            hint: "have another operator run `suishen confirm \(name)`\(end)"
                + (isExport ? ", and fetch the bundle with `suishen bundle export --request \(name)`" : ""))
    }
}
