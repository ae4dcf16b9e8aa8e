import Encoding

extension IssuerOperation {
    /// That the service answers, for whom, and whether its log takes events: `ok`, or the code of what is wrong.
    package static let health = inquiry("health") { service, _, _ in
        OperationAnswer(json: [
            "status": "ok", "issuer": .string(service.settings.issuer),
            "log": .string(service.log.trouble?.code ?? "ok"),
        ])
    }
}
