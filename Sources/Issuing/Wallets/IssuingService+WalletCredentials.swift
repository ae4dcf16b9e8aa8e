import Credential
import Encoding
import Signing
import Storage

extension IssuerOperation {
    /// The first or the next strip of codes for a phone's key, durable before it is answered.
    package static let walletCredential = change(
        "wallet.credential", takes: ["accessToken", "dpop", "proof", "idempotencyKey"], clockNeed: .signing,
        beatNeed: .block
    ) {
        try $0.receiving($1, by: $2)
    }
}

/// A phone's request for a strip, with every check that needs no transaction done.
private struct StripRequest: Sendable {
    let token: AccessToken
    let key: VerificationKey
    let anchors: [[UInt8]]
    /// Whether the phone has shown that it knows the offer's secret; false for a renewal.
    let knowsSecret: Bool
    /// The phone's name for this request, with its key's thumbprint.
    let name: String
    let time: SigningTime

    /// What a repetition must have in common with the request that it repeats.
    var content: [UInt8] {
        let (kind, identifier): (String, [UInt8]) =
            switch token.grant {
            case .offer(let identifier): ("offer", identifier)
            case .holding(let identifier): ("holding", identifier)
            }
        return Array("suishen wallet strip v1 \(kind) \(Hex.encode(identifier))".utf8) + anchors.flatMap { $0 }
    }
}

extension IssuingService {
    /// How long before the end of the covered time a phone may renew, in seconds.
    package static let renewalSeconds: UInt64 = 2 * 86_400

    /// The codes of a strip for each day: a chain code and a signed code.
    private static let codesADayCount = 2

    fileprivate func receiving(_ request: RequestFields, by caller: Caller) throws -> IssuerOperation.Change {
        guard caller.idempotencyKey == nil else { throw OperationError.keyMisplaced }
        let strip = try stripRequest(request, by: caller)
        return { [self] database in
            // A repetition is answered even when its token has ended: the first answer may have been lost.
            if let first = try registry.answer(
                toKey: strip.name, of: caller.identity, request: strip.content, at: caller.now, in: database)
            {
                return ChangeOutcome(try JSONValue.parse(first, byteCountMax: first.count), subject: nil)
            }
            guard caller.now < strip.token.expiresAt else { throw OperationError.tokenInvalid }
            let (holding, isNew) = try holding(for: strip, at: caller.now, in: database)
            guard strip.anchors.count == Int(holding.subject.days) else {
                throw OperationError(
                    code: .anchorInvalid,
                    reason: "a strip of \(holding.subject.days) days takes as many anchors, got \(strip.anchors.count)",
                    hint: "make a chain for each day, and send one anchor of each")
            }
            let share = try quotaShare(
                UInt64(strip.anchors.count * Self.codesADayCount), .person, of: caller.identity, at: caller.now,
                in: database
            )
            let codes = try codes(for: strip, of: holding, in: database)
            try keep(share, in: database)
            let covered = holding.with(coveredUntil: codes.last?.claims.expiresAt ?? 0)
            try database.putHolding(covered)
            let answer = try answer(codes, of: covered, isNew: isNew)
            try registry.remember(
                answer: OperationAnswer(json: answer).bytes, toKey: strip.name, of: caller.identity,
                request: strip.content,
                at: caller.now, in: database)
            let detail = covered.subject.detail([
                "holding": .string(Hex.encode(covered.identifier)), "codes": .integer(Int64(codes.count)),
            ])
            return ChangeOutcome(answer, subject: covered.subject.subject, detail: detail)
        }
    }

    private func stripRequest(_ request: RequestFields, by caller: Caller) throws -> StripRequest {
        let name = try request.string("idempotencyKey")
        guard (1...Caller.idempotencyKeyByteCountMax).contains(name.utf8.count) else {
            throw OperationError(
                code: .idempotencyKeyInvalid,
                reason: "an idempotency key has 1 to \(Caller.idempotencyKeyByteCountMax) bytes",
                hint: "send a random key, a UUID for instance")
        }
        let (token, device) = try access(of: request, at: .credential, caller)
        if case .holding(let identifier) = token.grant { try walletRates.takeRenewal(of: identifier, by: caller) }
        let proof = try CredentialProof(
            try request.string("proof"), by: device, origin: try walletOrigin(),
            anchorByteCount: HashChain.linkByteCount, proofNonces, atMilliseconds: caller.nowMilliseconds)
        guard device.key.algorithm == .ed25519 || device.key.algorithm == settings.suite.algorithm else {
            throw OperationError(
                code: .deviceKeyInvalid, reason: "a \(device.key.algorithm.name) key is not of this issuer's suite",
                hint: "make a key of the suite that the token's answer names")
        }
        try signingKeys.checkAvailable(.issuer)
        return StripRequest(
            token: token, key: device.key, anchors: proof.anchors, knowsSecret: try knowsSecret(proof, token),
            name: "wallet \(Base64.encodeURL(device.thumbprint)) \(name)",
            time: try signingClock.time(at: caller.nowMilliseconds))
    }

    /// Whether a proof shows the secret of its token's offer; false where no secret is left, and for a renewal.
    ///
    /// - Throws: `proof_invalid` for a proof by somebody who does not know the secret, which leaves the offer open.
    private func knowsSecret(_ proof: CredentialProof, _ token: AccessToken) throws -> Bool {
        guard case .offer(let identifier) = token.grant,
            let secret = try database.read({ try $0.offer(identifier).flatMap { try registry.secret(of: $0) } })
        else { return false }
        guard proof.knows(secret) else {
            throw OperationError.proofInvalid("the proof's mac is not under the secret of the offer's link")
        }
        return true
    }

    /// The holding that gets the strip: a new one for an offer, which is used then, or the one that is renewed.
    private func holding(
        for strip: StripRequest, at now: UInt64, in database: any RegistryTransaction
    ) throws -> (HoldingRecord, isNew: Bool) {
        switch strip.token.grant {
        case .offer(let identifier):
            guard let offer = try database.offer(identifier) else { throw OperationError.offerUnknown }
            try offer.checkOpen(at: now)
            guard strip.knowsSecret else { throw OperationError.proofInvalid("the offer's secret is gone") }
            try Registry.end(offer, as: .used, in: database)
            let holding = HoldingRecord(
                identifier: identifier, subject: offer.subject, thumbprint: strip.token.thumbprint,
                lossDigest: offer.lossDigest, madeAt: now, coveredUntil: 0, statusAt: now)
            return (holding, true)
        case .holding:
            let holding = try holding(of: strip.token, at: now, in: database)
            guard holding.status == .active else { throw OperationError.walletRevoked }
            guard holding.coveredUntil <= now + Self.renewalSeconds else {
                throw OperationError(
                    code: .renewalEarly, reason: "the codes of this phone last until \(holding.coveredUntil)",
                    hint: "renew from \(holding.coveredUntil - Self.renewalSeconds) on")
            }
            return (holding, false)
        }
    }

    /// A chain code and a signed code for each day, from the end of the last strip or from now on.
    private func codes(
        for strip: StripRequest, of holding: HoldingRecord, in database: any RegistryTransaction
    ) throws -> [PreparedCredential] {
        let subject = try SubjectIdentifier(holding.subject.subject)
        guard case .person(let links) = try registry.subject(subject, in: database) else {
            throw StorageError.subjectUnknown
        }
        let guardian = try holding.subject.guardian.map(SubjectIdentifier.init)
        let lifetime = settings.personLifetimeSeconds
        var begin = max(strip.time.seconds, holding.coveredUntil)
        var codes: [PreparedCredential] = []
        for anchor in strip.anchors {
            for (kind, binding) in [(PersonKind.chain, Binding.anchor(anchor)), (.signed, .deviceKey(strip.key.raw))] {
                let order = PersonCodeOrder(
                    subject: subject, guardian: guardian, scope: holding.subject.scope, kind: kind, binding: binding,
                    issuedAt: begin, lifetime: lifetime, holding: holding.identifier)
                codes.append(try personCode(order, links, at: strip.time, in: database))
            }
            begin += lifetime
        }
        return codes
    }

    private func answer(
        _ codes: [PreparedCredential], of holding: HoldingRecord, isNew: Bool
    ) throws -> JSONValue {
        let signed = try codes.map { prepared -> JSONValue in
            let issued = try prepared.signed()
            return [
                "kind": .string(issued.claims.person?.kind.name ?? ""), "text": .string(try issued.text()),
                "issuedAt": .integer(Int64(clamping: issued.claims.issuedAt)),
                "expiresAt": .integer(Int64(clamping: issued.claims.expiresAt ?? 0)),
            ]
        }
        var answer: JSONObject = ["holding": .string(Hex.encode(holding.identifier))]
        if isNew { answer["refreshToken"] = .string(try RefreshToken.text(of: holding.identifier, registry)) }
        answer["coveredUntil"] = .integer(Int64(clamping: holding.coveredUntil))
        answer["codes"] = .array(signed)
        answer["ward"] = .bool(holding.subject.guardian != nil)
        return .object(answer)
    }
}
