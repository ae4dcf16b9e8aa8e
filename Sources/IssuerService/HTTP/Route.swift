/// What the daemon answers on; `openapi.yaml` says the same.
package enum Route: String, Sendable, CaseIterable {
    case persons = "/v1/persons"
    case enterprises = "/v1/enterprises"
    case objects = "/v1/objects"
    case codes = "/v1/codes"
    case revocations = "/v1/revocations"
    case events = "/v1/events"
    case erasures = "/v1/erasures"
    case bundle = "/v1/bundle"
    case health = "/v1/health"
    case metrics = "/metrics"

    /// Where an operation is asked for.
    package init(_ operation: IssuerOperation) {
        switch operation {
        case .registerPerson: self = .persons
        case .registerEnterprise: self = .enterprises
        case .registerObject: self = .objects
        case .issue: self = .codes
        case .revoke: self = .revocations
        case .appendEvent: self = .events
        case .eraseEvent: self = .erasures
        }
    }

    var method: String {
        self == .health || self == .metrics ? "GET" : "POST"
    }

    var operation: IssuerOperation? {
        IssuerOperation.allCases.first { Route($0) == self }
    }
}
