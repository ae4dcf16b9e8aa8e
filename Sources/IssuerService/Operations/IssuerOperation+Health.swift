import Encoding

extension IssuerOperation {
    /// That the service answers, and for whom.
    package static let health = inquiry("health") { service, _, _ in
        OperationAnswer(json: ["status": "ok", "issuer": .string(service.settings.issuer)])
    }
}
