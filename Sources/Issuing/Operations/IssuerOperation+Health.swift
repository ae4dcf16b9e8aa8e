import Encoding

extension IssuerOperation {
    /// Shows that the service answers, its issuer, and whether its log takes events.
    ///
    /// The log's state is `ok`, `log_checking` while the log is read at a start, or the code of another error.
    ///
    /// - Throws: the error of the last change or publication while the disk does not take them.
    package static let health = inquiry("health") { service, _, _ in
        for health in [service.writeHealth, service.log.publishHealth] {
            guard let failure = health.obstacle(in: service.state.path) else { continue }
            throw OperationError(
                code: failure.code, reason: "the last write failed: \(failure.reason)", hint: failure.hint,
                errorClass: failure.errorClass)
        }
        return OperationAnswer(json: [
            "status": "ok", "issuer": .string(service.settings.issuer),
            "log": .string(service.log.obstacle?.code ?? "ok"),
        ])
    }
}
