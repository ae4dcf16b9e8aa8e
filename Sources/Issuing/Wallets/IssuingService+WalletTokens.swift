import Encoding
import Signing
import Storage

extension IssuerOperation {
    /// A nonce for a phone's next proofs: `{"nonce", "expiresIn"}`.
    package static let walletNonce = inquiry("wallet.nonce") { service, _, caller in
        _ = try service.walletOrigin()
        return OperationAnswer(json: [
            "nonce": .string(try service.proofNonces.make(atMilliseconds: caller.nowMilliseconds)),
            "expiresIn": .integer(Int64(ProofNonces.lifetimeSeconds)),
        ])
    }

    /// An access token for an offer's code and PIN, or for a refresh token; it is bound to the key of the proof.
    package static let walletToken = inquiry(
        "wallet.token", takes: ["grant", "code", "pin", "refreshToken", "dpop"], clockNeed: .noJump
    ) { service, request, caller in
        let proof = try service.proof(of: request, at: .token, accessToken: nil, caller)
        switch try request.string("grant") {
        case "offer": return OperationAnswer(json: try await service.tokenForOffer(request, proof, caller))
        case "refresh": return OperationAnswer(json: try service.tokenForHolding(request, proof, caller))
        default:
            throw OperationError(
                code: .requestMalformed, reason: "the grant is unknown", hint: "send the grant offer or refresh")
        }
    }
}

/// The public paths of phones' requests, which their proofs name.
enum WalletPath: String, Sendable {
    case token, credential, codes, revoke

    var path: String { "/vci/\(rawValue)" }
}

extension IssuingService {
    /// Checks the proof of a request.
    ///
    /// - Throws: `wallets_off`, `proof_invalid`, `nonce_needed`, `rate_exceeded`.
    func proof(
        of request: RequestFields, at path: WalletPath, accessToken: String?, _ caller: Caller
    ) throws(OperationError) -> DeviceProof {
        let proof = try DeviceProof(
            try request.string("dpop"),
            for: .init(address: try walletOrigin() + path.path, accessToken: accessToken), proofNonces,
            atMilliseconds: caller.nowMilliseconds)
        try walletRates.takeRequest(of: proof.thumbprint, by: caller)
        return proof
    }

    /// Checks the proof of a request with an access token, and that the token is bound to the proof's key.
    ///
    /// A token that has ended is not refused here.
    ///
    /// - Throws: the errors of ``proof(of:at:accessToken:_:)``, `token_invalid`.
    func access(
        of request: RequestFields, at path: WalletPath, _ caller: Caller
    ) throws -> (token: AccessToken, proof: DeviceProof) {
        let text = try request.string("accessToken")
        let token = try AccessToken(text, registry)
        let proof = try proof(of: request, at: path, accessToken: text, caller)
        guard proof.thumbprint == token.thumbprint else { throw OperationError.tokenInvalid }
        return (token, proof)
    }

    /// The holding of an access token that has not ended.
    ///
    /// - Throws: `token_invalid`, also for an offer's token.
    func holding(of token: AccessToken, at now: UInt64, in snapshot: any RegistrySnapshot) throws -> HoldingRecord {
        guard case .holding(let identifier) = token.grant, now < token.expiresAt,
            let holding = try snapshot.holding(identifier), holding.thumbprint == token.thumbprint
        else { throw OperationError.tokenInvalid }
        return holding
    }

    /// Counts a wrong PIN on disk before it is answered, so that no restart gives further tries.
    fileprivate func tokenForOffer(
        _ request: RequestFields, _ proof: DeviceProof, _ caller: Caller
    ) async throws -> JSONValue {
        // A code's length limits the memory of the rates.
        guard let code = try? Base64.decodeURL(try request.string("code")),
            code.count == DigestAlgorithm.sha256.byteCount
        else { throw OperationError.offerUnknown }
        try walletRates.takeToken(of: code, by: caller)
        let pin = try request.optionalString("pin")
        let outcome = try await writeHealth.noting { [registry, database] in
            try await database.write { database -> Result<OfferRecord, OperationError> in
                guard let offer = try registry.offer(code: code, in: database) else {
                    throw OperationError.offerUnknown
                }
                try offer.checkOpen(at: caller.now)
                let left = Registry.wrongPINCountMax - min(offer.wrongPINCount, Registry.wrongPINCountMax)
                guard left > 0 else { throw OperationError.pinLocked }
                guard let pin else {
                    guard offer.pinDigest == nil else { throw OperationError.pinWrong(triesLeft: left) }
                    return .success(offer)
                }
                guard !registry.isPIN(pin, of: offer) else { return .success(offer) }
                let leftThen = try Registry.countWrongPIN(of: offer, in: database)
                let error = leftThen == 0 ? OperationError.pinLocked : .pinWrong(triesLeft: leftThen)
                try registry.audit(
                    by: caller.identity, action: IssuerOperation.walletToken.name, subject: offer.subject.subject,
                    detail: offer.subject.detail([
                        "offer": .string(Hex.encode(offer.identifier)), "code": .string(error.code),
                    ]), at: caller.now, in: database)
                return .failure(error)
            }
        }
        let offer = try outcome.get()
        let end = min(caller.now + AccessToken.lifetimeSeconds, offer.expiresAt)
        return try answer(.offer(offer.identifier), offer.subject, proof, until: end, caller)
    }

    fileprivate func tokenForHolding(
        _ request: RequestFields, _ proof: DeviceProof, _ caller: Caller
    ) throws -> JSONValue {
        let identifier = try RefreshToken.holding(try request.string("refreshToken"), registry)
        guard let holding = try database.read({ try $0.holding(identifier) }),
            holding.thumbprint == proof.thumbprint
        else { throw OperationError.tokenInvalid }
        guard holding.status == .active else { throw OperationError.walletRevoked }
        let end = caller.now + AccessToken.lifetimeSeconds
        return try answer(.holding(identifier), holding.subject, proof, until: end, caller)
    }

    private func answer(
        _ grant: WalletGrant, _ subject: OfferRecord.Subject, _ proof: DeviceProof, until end: UInt64, _ caller: Caller
    ) throws -> JSONValue {
        let token = AccessToken(grant: grant, thumbprint: proof.thumbprint, expiresAt: end)
        return [
            "accessToken": .string(try token.text(registry)),
            "expiresIn": .integer(Int64(clamping: end - caller.now)), "days": .integer(Int64(clamping: subject.days)),
            "ward": .bool(subject.guardian != nil), "suite": .string(settings.suite.rawValue),
        ]
    }
}
