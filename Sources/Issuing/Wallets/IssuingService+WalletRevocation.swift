import Encoding
import Storage

extension IssuerOperation {
    /// Revokes the phone's own codes, or every code of its holder, at the holder's wish: `{"revoked"}`.
    package static let walletRevoke = change(
        "wallet.revoke", takes: ["accessToken", "dpop", "scope"], clockNeed: .noJump, beatNeed: .change
    ) {
        try $0.revokingOwn($1, by: $2)
    }

    /// Revokes the codes of a lost phone by its loss code, and ends an offer that is not used yet: `{"revoked"}`.
    package static let walletLost = change(
        "wallet.lost", takes: ["lossCode"], clockNeed: .noJump, beatNeed: .change
    ) {
        try $0.revokingLost($1, by: $2)
    }

    /// Revokes a holding's codes and ends its renewal, for an operator.
    package static let revokeHolding = change(
        "wallet.holding.revoke", takes: ["holding"], clockNeed: .noJump, beatNeed: .change
    ) {
        try $0.revokingHolding($1, by: $2)
    }

    /// The holdings of a subject, of its own codes and of those that it carries for wards, the newest first.
    package static let listHoldings = reading(
        "wallet.holdings", takes: ["subject"],
        subject: { _, request, _ in try SubjectIdentifier.person(named: try request.string("subject")).text }
    ) { service, request, _ in
        let subject = try SubjectIdentifier.person(named: try request.string("subject"))
        let holdings = try service.database.read { [registry = service.registry] in
            _ = try registry.subject(subject, in: $0)
            return try $0.holdings(of: subject.text, countMax: Registry.holdingCountMax)
        }
        return OperationAnswer(json: ["holdings": .array(holdings.map(\.json))])
    }
}

extension IssuingService {
    /// An answer's member `revoked` counts codes.
    private static func outcome(of count: Int, _ subject: OfferRecord.Subject, holding: [UInt8]) -> ChangeOutcome {
        let detail = subject.detail([
            "holding": .string(Hex.encode(holding)), "codes": .integer(Int64(count)),
        ])
        return ChangeOutcome(["revoked": .integer(Int64(count))], subject: subject.subject, detail: detail)
    }

    private func revoke(
        _ holding: HoldingRecord, by caller: Caller, in database: any StoreTransaction
    ) throws -> ChangeOutcome {
        let revoked = try registry.revoke(holding, at: caller.now, in: database)
        try acts.append(revoked: revoked.places, atMilliseconds: caller.nowMilliseconds, in: database)
        return Self.outcome(of: revoked.codeCount, holding.subject, holding: holding.identifier)
    }

    fileprivate func revokingOwn(_ request: RequestFields, by caller: Caller) throws -> IssuerOperation.Change {
        guard caller.idempotencyKey == nil else { throw OperationError.keyMisplaced }
        let (token, _) = try access(of: request, at: .revoke, caller)
        let scope = try request.string("scope")
        guard ["holding", "subject"].contains(scope) else {
            throw OperationError(
                code: .requestMalformed, reason: "the scope is neither holding nor subject",
                hint: "send the scope holding for this phone, or subject for every code of its holder")
        }
        return { [self] database in
            let holding = try holding(of: token, at: caller.now, in: database)
            guard scope == "subject" else {
                return try revoke(holding, by: caller, in: database)
            }
            guard holding.subject.guardian == nil else {
                throw OperationError(
                    code: .notPermitted, reason: "a guardian's phone cannot revoke every code of its ward",
                    hint: "revoke the codes on this phone with the scope holding")
            }
            // A phone whose codes were revoked, perhaps by another one, may not end what its subject has got since.
            guard holding.status == .active else { throw OperationError.walletRevoked }
            let places = try registry.revoke(
                RevocationTarget(holding.subject.subject), reason: nil, at: caller.now, in: database)
            try acts.append(revoked: places, atMilliseconds: caller.nowMilliseconds, in: database)
            return Self.outcome(of: places.count, holding.subject, holding: holding.identifier)
        }
    }

    fileprivate func revokingLost(_ request: RequestFields, by caller: Caller) throws -> IssuerOperation.Change {
        guard caller.idempotencyKey == nil else { throw OperationError.keyMisplaced }
        _ = try walletOrigin()
        guard let bytes = LossCode.bytes(try request.string("lossCode")) else { throw OperationError.lossCodeUnknown }
        return { [self] database in
            let digest = registry.lossDigest(bytes)
            if let holding = try database.holding(lossDigest: digest) {
                return try revoke(holding, by: caller, in: database)
            }
            guard let offer = try database.offer(lossDigest: digest) else { throw OperationError.lossCodeUnknown }
            try Registry.end(offer, as: .revoked, in: database)
            return Self.outcome(of: 0, offer.subject, holding: offer.identifier)
        }
    }

    fileprivate func revokingHolding(
        _ request: RequestFields, by caller: Caller
    ) throws(OperationError) -> IssuerOperation.Change {
        guard let identifier = try request.optionalHex("holding", byteCount: OfferRecord.identifierByteCount) else {
            throw OperationError.holdingUnknown
        }
        return { [self] database in
            guard let holding = try database.holding(identifier) else { throw OperationError.holdingUnknown }
            return try revoke(holding, by: caller, in: database)
        }
    }
}

extension HoldingRecord {
    /// The holding in a list; it has no token and no code.
    fileprivate var json: JSONValue {
        [
            "holding": .string(Hex.encode(identifier)), "subject": .string(subject.subject),
            "guardian": subject.guardian.map { .string($0) } ?? .null,
            "madeAt": .integer(Int64(clamping: madeAt)), "coveredUntil": .integer(Int64(clamping: coveredUntil)),
            "days": .integer(Int64(clamping: subject.days)), "device": .string(Base64.encodeURL(thumbprint)),
            "status": .string(status.rawValue), "statusAt": .integer(Int64(clamping: statusAt)),
        ]
    }
}
