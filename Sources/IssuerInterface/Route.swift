import Credential
package import Issuing

/// A route of the daemon: its method, its path, the roles that may use it, and its operation.
///
/// A new route needs a line in ``table``, the operation that the line names, and an entry in `openapi.yaml`.
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
    /// The path; `{name}` stands for one segment, and `{name*}` at the end for all remaining segments.
    package let pattern: RoutePattern
    /// The roles that may use the route; one of them is enough.
    package let roles: [Role]
    package let answer: Answer

    /// The operation; nil for the daemon's own counts.
    package var operation: IssuerOperation? {
        if case .operation(let operation) = answer { operation } else { nil }
    }

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
        get("/v1/status-lists", Role.readers, .statusLists),
        get("/v1/status-lists/{list}", Role.readers, .statusList),
        post("/v1/events", [.inspector], .appendEvent),
        post("/v1/events/places", [.inspector], .placeEvents),
        post("/v1/events/signed", [.inspector], .appendSignedEvents),
        post("/v1/erasures", [.operator], .eraseEvent),
        post("/v1/links", [.inspector], .askLink),
        get("/v1/subjects/{subject}/card", [.auditor, .operator, .public], .subjectCard),
        get("/v1/objects/{object}/history", [.inspector, .auditor, .operator, .public], .objectHistory),
        get("/v1/openings", [.auditor, .operator], .exportOpenings),
        get("/v1/log", Role.readers, .describeLog),
        get("/log/{path*}", Role.readers, .logFile),
        get("/acts/{path*}", Role.readers, .actsFile),
        post("/v1/bundle", [.operator], .exportBundle),
        get("/v1/keys", [.auditor, .operator], .listKeys),
        post("/v1/keys/rotate", [.operator], .rotateKey),
        post("/v1/keys/retire", [.operator], .retireKey),
        post("/v1/keys/compromise", [.operator], .compromiseKey),
        post("/v1/roots", [.operator], .publishRoots),
        post("/v1/confirmations", [.operator], .confirmRequest),
        get("/v1/confirmations", [.auditor, .operator], .listConfirmations),
        post("/v1/confirmations/answer", [.operator], .confirmedAnswer),
        post("/v1/gates", [.operator], .registerGate),
        get("/v1/gates", [.auditor, .operator], .listGates),
        get("/v1/gates/{gate}/registration", [.auditor, .operator], .showGate),
        post("/v1/gates/{gate}/report", [.gate], .takeGateReport),
        post("/v1/gates/suspend", [.operator], .suspendGate),
        post("/v1/gates/resume", [.operator], .resumeGate),
        post("/v1/gates/revoke", [.operator], .revokeGate),
        post("/v1/gates/rekey", [.operator], .rekeyGate),
        post("/v1/gates/keys", [.operator], .sealGateKeys),
        post("/v1/settlements", [.operator], .registerSettlement),
        get("/v1/settlements/{day}/records", [.auditor, .operator], .listSettlements),
        post("/v1/settlements/key", [.operator], .makeSettlementKey),
        post("/v1/settlements/check", [.operator], .checkSettlement),
        post("/v1/daemons", [.daemon], .joinDaemon),
        post("/v1/wallets/offers", [.issuer(.person)], .makeOffer),
        post("/v1/wallets/nonce", [.wallet], .walletNonce),
        post("/v1/wallets/token", [.wallet], .walletToken),
        post("/v1/wallets/credential", [.wallet], .walletCredential),
        post("/v1/wallets/codes", [.wallet], .walletCodes),
        post("/v1/wallets/revoke", [.wallet], .walletRevoke),
        post("/v1/wallets/lost", [.wallet], .walletLost),
        post("/v1/wallets/holdings/revoke", [.operator], .revokeHolding),
        get("/v1/subjects/{subject}/holdings", [.auditor, .operator], .listHoldings),
        get("/v1/audit", [.auditor], .readAudit),
        get("/v1/health", Role.readers, .health),
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
    /// The routes of a path, one per method, with the values of their parameters.
    ///
    /// - Parameter path: the request's path, percent-encoded.
    /// - Returns: at least one route.
    /// - Throws: `route_unknown`.
    package static func at(_ path: String) throws(OperationError) -> [(route: Route, parameters: [String: String])] {
        let found = table.compactMap { route in route.pattern.match(path).map { (route, $0) } }
        guard !found.isEmpty else {
            throw OperationError(
                code: .routeUnknown, reason: "the path is unknown",
                hint: "use one of the paths \(table.map(\.pattern.text).joined(separator: ", "))")
        }
        return found
    }

    /// The route of an operation.
    static func of(_ operation: IssuerOperation) -> Route? {
        table.first { $0.operation?.name == operation.name }
    }
}
