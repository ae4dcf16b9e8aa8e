import Credential
package import Issuing

/// One thing the daemon answers on: where, who may ask, and what answers.
///
/// Adding one is a line of ``table`` and the operation that it names; `openapi.yaml` says the same.
package struct Route: Sendable {
    package enum Method: String, Sendable {
        case get = "GET"
        case post = "POST"
    }

    package enum Answer: Sendable {
        /// A change comes as one JSON object or as lines of them; an inquiry's answer is JSON or a file's bytes.
        case operation(IssuerOperation)
        /// The daemon's own counts.
        case metrics
    }

    package let method: Method
    /// The path; `{name}` stands for one segment, `{name*}` at the end for all that are left.
    package let pattern: RoutePattern
    /// Any one of these is enough; all of them stand for anybody with a role.
    package let roles: [Role]
    package let answer: Answer

    package static let table: [Route] = [
        post("/v1/persons", [.issuer(.person)], .registerPerson),
        post("/v1/enterprises", [.issuer(.enterprise)], .registerEnterprise),
        get("/v1/enterprises/{uscc}/keys", [.inspector, .auditor, .operator], .listActorKeys),
        post("/v1/enterprises/keys", [.operator], .addActorKey),
        post("/v1/enterprises/keys/retire", [.operator], .retireActorKey),
        post("/v1/enterprises/keys/revoke", [.operator], .revokeActorKey),
        post("/v1/objects", [.issuer(.object)], .registerObject),
        post("/v1/codes", [.issuer(.person), .issuer(.enterprise), .issuer(.object)], .issue),
        post("/v1/revocations", [.operator], .revoke),
        get("/v1/subjects/{subject}/codes", [.auditor, .operator], .codeHistory),
        get("/v1/status-lists", Role.all, .statusLists),
        get("/v1/status-lists/{list}", Role.all, .statusList),
        post("/v1/events", [.inspector], .appendEvent),
        post("/v1/events/places", [.inspector], .placeEvents),
        post("/v1/events/signed", [.inspector], .appendSignedEvents),
        post("/v1/erasures", [.operator], .eraseEvent),
        post("/v1/links", [.inspector], .askLink),
        get("/v1/objects/{object}/history", [.inspector, .auditor, .operator], .objectHistory),
        get("/v1/openings", [.auditor, .operator], .exportOpenings),
        get("/v1/log", Role.all, .describeLog),
        get("/log/{path*}", Role.all, .logFile),
        post("/v1/bundle", [.operator], .exportBundle),
        get("/v1/keys", [.auditor, .operator], .listKeys),
        post("/v1/keys/rotate", [.operator], .rotateKey),
        post("/v1/keys/retire", [.operator], .retireKey),
        post("/v1/keys/compromise", [.operator], .compromiseKey),
        get("/v1/audit", [.auditor], .readAudit),
        get("/v1/health", Role.all, .health),
        Route(method: .get, pattern: RoutePattern("/metrics"), roles: [.auditor, .operator], answer: .metrics),
    ]

    private static func get(_ path: String, _ roles: [Role], _ operation: IssuerOperation) -> Route {
        Route(method: .get, pattern: RoutePattern(path), roles: roles, answer: .operation(operation))
    }

    private static func post(_ path: String, _ roles: [Role], _ operation: IssuerOperation) -> Route {
        Route(method: .post, pattern: RoutePattern(path), roles: roles, answer: .operation(operation))
    }
}

extension Route {
    /// The routes of a path, one a method, with what the path says for their parameters.
    ///
    /// - Parameter path: as it came, percent-encoded.
    /// - Returns: at least one.
    /// - Throws: `route_unknown`.
    package static func at(_ path: String) throws(OperationError) -> [(route: Route, parameters: [String: String])] {
        let found = table.compactMap { route in route.pattern.match(path).map { (route, $0) } }
        guard !found.isEmpty else {
            throw OperationError(
                code: .routeUnknown, reason: "there is nothing at this path",
                hint: "the paths are \(table.map(\.pattern.text).joined(separator: ", "))")
        }
        return found
    }

    /// Where an operation is asked for.
    static func of(_ operation: IssuerOperation) -> Route? {
        table.first { if case .operation(let own) = $0.answer { own.name == operation.name } else { false } }
    }
}
