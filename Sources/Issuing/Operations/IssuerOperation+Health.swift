import Encoding

extension IssuerOperation {
    /// That the service answers, for whom, and whether its log takes events: `ok`, or the code of what keeps it
    /// from that, `log_checking` while a start still reads it.
    package static let health = inquiry("health") { service, _, _ in
        OperationAnswer(json: [
            "status": "ok", "issuer": .string(service.settings.issuer),
            "log": .string(service.log.obstacle?.code ?? "ok"),
        ])
    }
}
