import Encoding

extension IssuerOperation {
    /// Shows that the service answers, its issuer, and whether its log takes events.
    ///
    /// The log's state is `ok`, `log_checking` while the log is read at a start, or the code of another error.
    package static let health = inquiry("health") { service, _, _ in
        OperationAnswer(json: [
            "status": "ok", "issuer": .string(service.settings.issuer),
            "log": .string(service.log.obstacle?.code ?? "ok"),
        ])
    }
}
