import Credential
import Encoding
import Signing
import Storage

extension IssuerOperation {
    package static let issue = change(
        "code.issue",
        takes: ["subject", "kind", "deviceKey", "anchor", "count", "lifetime", "guardian", "scope"], beatNeed: .block,
        foresees: { _, request, _ in
            [try? request.optionalString("subject"), try? request.optionalString("guardian")].compactMap { $0 ?? nil }
                .compactMap { try? SubjectIdentifier($0) }
                .reduce(into: ForeseenReads()) { $0.add(ForeseenReads($1)) }
        }
    ) {
        try $0.issuing($1, by: $2)
    }
}

extension IssuingService {
    /// The most credentials in one strip: a month of days.
    package static let stripCountMax: UInt64 = 31

    fileprivate func issuing(
        _ request: RequestFields, by caller: Caller
    ) throws(OperationError) -> IssuerOperation.Change {
        let order = try IssueOrder(request, suite: settings.suite)
        try caller.grants.require(.issuer(order.subject.form))
        let time = try signingClock.time(at: caller.nowMilliseconds)
        try signingKeys.checkAvailable(.issuer)
        return { [self] database in
            let share = try quotaShare(
                order.count, order.subject.form, of: caller.identity, at: time.seconds, in: database)
            let subject = try registry.subject(order.subject, in: database)
            var codes: [PreparedCredential] = []
            for place in 0..<order.count {
                switch subject {
                case .person(let links):
                    let lifetime = try order.lifetime(within: defaultLifetime(order.kind))
                    let code = PersonCodeOrder(
                        subject: order.subject, guardian: order.guardian, scope: order.scope, kind: order.kind,
                        binding: order.bindings[Int(place)], issuedAt: time.seconds + place * lifetime,
                        lifetime: lifetime, holding: nil)
                    codes.append(try personCode(code, links, at: time, in: database))
                case .enterprise(let uscc, let name):
                    codes.append(try enterprise(order, uscc, name, at: time, in: database))
                case .object(let id, let object):
                    codes.append(try self.object(order, id, object, at: time, in: database))
                }
            }
            try keep(share, in: database)
            // The indices stay taken even when signing fails, so that no index is given out twice.
            return ChangeOutcome(subject: order.subject.text) { [self, codes] in
                let answers = try codes.map(signed)
                return answers.count == 1 ? answers[0] : ["codes": .array(answers)]
            }
        }
    }

    private func enterprise(
        _ order: IssueOrder, _ uscc: USCC, _ name: String, at time: SigningTime, in database: any RegistryTransaction
    ) throws -> PreparedCredential {
        try order.checkPublicForm()
        let lifetime = try order.lifetime(within: settings.enterpriseLifetimeSeconds)
        let list = StatusListReference(issuer: settings.issuer, form: .enterprise, day: nil)
        let index = try registry.takeStatusIndex(in: list, in: database)
        return try record(
            .enterprise(EnterpriseClaims(uscc: uscc, name: name, statusIndex: index)),
            id: try random.bytes(PersonClaims.identifierByteCount), of: order.subject, issuedAt: time.seconds,
            expiresAt: time.seconds + lifetime, at: time, in: database)
    }

    private func object(
        _ order: IssueOrder, _ id: [UInt8], _ object: ObjectRecord, at time: SigningTime,
        in database: any RegistryTransaction
    ) throws -> PreparedCredential {
        try order.checkPublicForm()
        guard order.lifetime == nil else {
            throw OperationError(
                code: .lifetimeTooLong, reason: "object and place codes have no expiry",
                hint: "omit the lifetime, and revoke the code when the object no longer exists")
        }
        let list = StatusListReference(issuer: settings.issuer, form: .object, day: nil)
        let index = try registry.takeStatusIndex(in: list, in: database)
        let claims = ObjectClaims(
            kind: object.kind, id: id, category: object.category.number, manager: object.manager,
            location: object.location, statusIndex: index)
        return try record(
            .object(claims), id: try random.bytes(PersonClaims.identifierByteCount), of: order.subject,
            issuedAt: time.seconds, expiresAt: nil, at: time, in: database)
    }

    /// Checks the claims of a code, and records it.
    func record(
        _ body: Claims.Body, id: [UInt8], of subject: SubjectIdentifier, guardian: SubjectIdentifier? = nil,
        holding: [UInt8]? = nil, issuedAt: UInt64, expiresAt: UInt64?, at time: SigningTime,
        in database: any RegistryTransaction
    ) throws -> PreparedCredential {
        let key = try signingKey(.issuer, at: time, in: database)
        let prepared = try CredentialIssuer(issuer: settings.issuer, key: key)
            .prepare(body, issuedAt: issuedAt, expiresAt: expiresAt)
        try registry.record(
            IssuedCodeRecord(
                id: id, subject: subject.text, claims: prepared.claims, actor: guardian?.text,
                keyIdentifier: prepared.keyIdentifier, holding: holding),
            issuanceDigest: prepared.issuanceDigest, at: time.seconds, in: database)
        return prepared
    }

    private func signed(_ prepared: PreparedCredential) throws -> JSONValue {
        let issued = try prepared.signed()
        return CodeAnswer.json(issued, text: try issued.text(host: issued.claims.form == .person ? nil : settings.host))
    }

    private func defaultLifetime(_ kind: PersonKind) -> UInt64 {
        switch kind {
        case .signed, .chain: settings.personLifetimeSeconds
        case .timed: settings.timedLifetimeSeconds
        case .paper: settings.paperLifetimeSeconds
        }
    }
}
