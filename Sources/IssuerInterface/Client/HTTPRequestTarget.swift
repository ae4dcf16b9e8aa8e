import Encoding
import Issuing

/// The method, path and body of a request for an operation.
struct HTTPRequestTarget {
    let method: Route.Method
    let path: String
    let body: [UInt8]

    /// Puts the members into the path as the operation's route says, and the others into the query or the body.
    init(_ operation: IssuerOperation, _ members: JSONObject) throws(OperationError) {
        let route = try Self.route(of: operation)
        guard let path = route.pattern.filled({ members[$0].flatMap(Self.text) }) else {
            throw OperationError(
                code: .requestMalformed, reason: "a member that the path needs is missing",
                hint: "give \(route.pattern.parameters.joined(separator: ", "))")
        }
        let rest = members.members.filter { !route.pattern.parameters.contains($0.key) }
        method = route.method
        switch route.method {
        case .get:
            let query = rest.compactMap { member in
                Self.text(member.value).map { "\(member.key)=\(PercentEncoding.encode($0))" }
            }
            self.path = query.isEmpty ? path : "\(path)?\(query.joined(separator: "&"))"
            body = []
        case .post:
            self.path = path
            body = OperationAnswer(json: .object(JSONObject(rest))).bytes
        }
    }

    /// The target of a batch of requests, one per line.
    init(_ operation: IssuerOperation, lines: [UInt8]) throws(OperationError) {
        let route = try Self.route(of: operation)
        method = route.method
        path = route.pattern.text
        body = lines
    }

    private static func route(of operation: IssuerOperation) throws(OperationError) -> Route {
        guard let route = Route.of(operation) else {
            throw OperationError(
                code: .routeUnknown, reason: "the daemon does not offer \(operation.name)",
                hint: "stop the daemon, and run the command without --socket")
        }
        return route
    }

    private static func text(_ value: JSONValue) -> String? {
        switch value {
        case .string(let text): text
        case .integer(let number): String(number)
        default: nil
        }
    }
}
