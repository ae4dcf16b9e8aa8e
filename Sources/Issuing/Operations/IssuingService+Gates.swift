import Credential
import Encoding
import Gate
import Signing
import Storage
import TraceLog

extension IssuerOperation {
    /// Registers a gate by its signed request.
    package static let registerGate = change(
        "gate.register", takes: ["request", "scenes", "domains", "site"], settle: noteGateChange
    ) {
        try $0.registeringGate($1, by: $2)
    }.confirmed(.exportDomainKeys) { service, request, _ in try service.gateWithDomains(request) }

    package static let suspendGate = change(
        "gate.suspend", takes: ["gate"], beatNeed: .change, settle: noteGateChange
    ) {
        try $0.changingGate($1, to: .suspended, by: $2)
    }

    package static let resumeGate = change("gate.resume", takes: ["gate"], settle: noteGateChange) {
        try $0.changingGate($1, to: .active, by: $2)
    }

    /// Replaces a gate's receiving key by its signed request.
    package static let rekeyGate = change("gate.rekey", takes: ["request"], settle: noteGateChange) {
        try $0.rekeyingGate($1.object["request"] ?? .null, atMilliseconds: $2.nowMilliseconds)
    }

    package static let revokeGate = change("gate.revoke", takes: ["gate"], beatNeed: .change, settle: noteGateChange) {
        try $0.changingGate($1, to: .revoked, by: $2)
    }

    /// Lets the published keys follow a change of a gate.
    private static let noteGateChange: @Sendable (IssuingService) -> Void = { $0.noteGateChange() }
}

extension IssuingService {
    /// What a request to register a gate with domains asks for; nil for a gate without.
    ///
    /// Whoever registers a device of their own as such a gate gets the domains' keys, as by an export.
    fileprivate func gateWithDomains(_ fields: RequestFields) throws -> JSONValue? {
        let domains = try Self.domains(fields)
        guard !domains.isEmpty else { return nil }
        let request = try gateRequest(fields.object["request"] ?? .null)
        return [
            "gate": .string(request.gate.text), "name": .string(request.name),
            "fingerprint": .string(request.fingerprint), "site": .string(try fields.string("site")),
            "scenes": .array(try Self.scenes(fields).map { .string($0) }),
            "domains": .array(domains.map { .string($0) }),
        ]
    }

    fileprivate func registeringGate(
        _ fields: RequestFields, by caller: Caller
    ) throws(OperationError) -> IssuerOperation.Change {
        let request = try gateRequest(fields.object["request"] ?? .null)
        let scenes = try Self.scenes(fields)
        let domains = try Self.domains(fields)
        let site = try fields.string("site")
        guard EnterpriseClaims.isName(site) else {
            throw OperationError(
                code: .nameInvalid,
                reason: "a gate's site is 1 to \(EnterpriseClaims.nameByteCountMax) bytes of visible characters",
                hint: "say in a few words where the gate stands")
        }
        let gate = GateRecord(
            identifier: request.gate.bytes, name: request.name, signingKey: request.signingKey.spki,
            receivingKey: request.receivingKey.spki, site: site, scenes: scenes, domains: domains,
            registeredAt: caller.now, statusAt: caller.now)
        return { [acts] database in
            if let known = try database.gate(gate.identifier) {
                guard known.isRegistered(as: gate) else {
                    throw OperationError(
                        code: .gateExists, reason: "the gate \(request.gate.text) is registered otherwise",
                        hint:
                            "look with `suishen gate show`; for another receiving key, site, scenes or domains revoke "
                            + "it, and enrol it anew with an empty --state folder")
                }
                return ChangeOutcome(known.json, subject: nil)
            }
            try database.putGate(gate)
            try acts.append(
                .gateRegister,
                [domains.isEmpty ? "none" : domains.joined(separator: " "), request.fingerprint, request.gate.text],
                atMilliseconds: caller.nowMilliseconds, in: database)
            return ChangeOutcome(
                gate.json, subject: request.gate.text,
                detail: [
                    "scenes": .array(scenes.map { .string($0) }), "domains": .array(domains.map { .string($0) }),
                    "fingerprint": .string(request.fingerprint),
                ])
        }
    }

    /// How far a gate's clock may be ahead of this machine's, in seconds: a later time would shut its own requests out.
    static let gateClockAheadSecondsMax: UInt64 = 86_400

    /// Checks a request for another receiving key, from whatever way it came.
    ///
    /// The same key again changes nothing. A request that is not later than the one that brought the present key is
    /// refused, since it may be an old one that somebody has kept.
    ///
    /// - Parameters:
    ///   - value: the request.
    ///   - nowMilliseconds: milliseconds since 1970-01-01T00:00:00Z.
    /// - Returns: the change, which answers the gate as it is then.
    /// - Throws: `gate_request_invalid`; the change throws `gate_unknown`, `signature_invalid`, `gate_revoked` and
    ///   `gate_request_old`.
    func rekeyingGate(
        _ value: JSONValue, atMilliseconds nowMilliseconds: UInt64
    ) throws(OperationError) -> IssuerOperation.Change {
        let now = nowMilliseconds / 1000
        let unverified = try Self.checked { () throws(BundleError) in try UnverifiedRekeyRequest(value) }
        return { [acts] database in
            guard let gate = try database.gate(unverified.gate.bytes) else { throw OperationError.gateUnknown }
            let key = try VerificationKey(spki: gate.signingKey)
            let request = try Self.checked { () throws(BundleError) in try unverified.verified(by: key) }
            guard gate.status != .revoked else { throw OperationError.gateRevoked(request.gate) }
            let spki = request.receivingKey.spki
            if gate.receivingKey == spki { return ChangeOutcome(gate.json, subject: nil) }
            guard request.issuedAt > gate.receivingKeyAt, request.issuedAt <= now + Self.gateClockAheadSecondsMax else {
                throw OperationError(
                    code: .gateRequestOld,
                    reason: "the request is of \(request.issuedAt); it must be later than \(gate.receivingKeyAt), and "
                        + "at most a day ahead of this machine's clock",
                    hint: "set the gate's clock, and print the request again with `verify renew-key`")
            }
            let changed = try Registry.setReceivingKey(spki, of: gate, at: request.issuedAt, in: database)
            let fingerprint = GateRequest.fingerprint(
                signingKey: changed.signingKey, receivingKey: changed.receivingKey)
            try acts.append(
                .gateRekey, [fingerprint, request.gate.text], atMilliseconds: nowMilliseconds,
                in: database)
            return ChangeOutcome(
                changed.json, subject: request.gate.text,
                detail: [
                    "fingerprint": .string(fingerprint),
                    "iat": .integer(Int64(clamping: request.issuedAt)),
                ])
        }
    }

    /// What a gate has signed, or the caller's error.
    private static func checked<Request>(
        _ request: () throws(BundleError) -> Request
    ) throws(OperationError) -> Request {
        do throws(BundleError) {
            return try request()
        } catch {
            throw OperationError(
                code: error.code == .badSignature ? .signatureInvalid : .gateRequestInvalid, reason: error.reason,
                hint: error.hint)
        }
    }

    /// Reads a request that trusts this installation's root.
    private func gateRequest(_ value: JSONValue) throws(OperationError) -> GateRequest {
        let request = try Self.checked { () throws(BundleError) in try GateRequest(value) }
        guard request.rootDigest == RootSource.digest(of: keys.root),
            request.signingKey.algorithm == settings.suite.algorithm
        else {
            throw OperationError(
                code: .gateRequestInvalid, reason: "the gate trusts another root than this installation's",
                hint: "enrol the gate with this installation's bundle, and name the root with --root")
        }
        return request
    }

    private static func scenes(_ fields: RequestFields) throws(OperationError) -> [String] {
        let names = try fields.optionalStrings("scenes") ?? []
        let known = Scene.shipped.map(\.name)
        guard !names.isEmpty, Set(names).count == names.count, names.allSatisfy(known.contains) else {
            throw OperationError(
                code: .sceneUnknown, reason: "no scene is named, or one is unknown or named twice",
                hint: "name some of \(known.joined(separator: ", "))")
        }
        return names.sorted()
    }

    private static func domains(_ fields: RequestFields) throws(OperationError) -> [String] {
        let names = try fields.optionalStrings("domains") ?? []
        guard Set(names).count == names.count, names.allSatisfy({ SealDomain(rawValue: $0) != nil }) else {
            throw OperationError(
                code: .requestMalformed, reason: "a domain is neither medical nor transit, or is named twice",
                hint: "send {\"domains\": [\"medical\", \"transit\"]}")
        }
        return names.sorted()
    }

    fileprivate func changingGate(
        _ fields: RequestFields, to status: GateRecord.Status, by caller: Caller
    ) throws(OperationError) -> IssuerOperation.Change {
        let identifier = try fields.gate("gate")
        return { [acts] database in
            guard let gate = try database.gate(identifier.bytes) else { throw OperationError.gateUnknown }
            guard gate.status != .revoked || status == .revoked else { throw OperationError.gateRevoked(identifier) }
            guard
                let change = try Registry.setStatus(
                    status, ofGate: identifier.bytes, at: caller.now, in: database)
            else {
                throw OperationError.gateUnknown
            }
            if change.isNew {
                let term: ActTerm =
                    switch status {
                    case .active: .gateResume
                    case .suspended: .gateSuspend
                    case .revoked: .gateRevoke
                    }
                try acts.append(
                    term, [identifier.text], atMilliseconds: caller.nowMilliseconds, in: database)
            }
            return ChangeOutcome(change.gate.json, subject: change.isNew ? identifier.text : nil)
        }
    }
}

extension OperationError {
    static let gateUnknown = OperationError(
        code: .gateUnknown, reason: "no gate is registered under this identifier",
        hint: "use a `gate` from `suishen gate list`")

    static func gateRevoked(_ gate: GateIdentifier) -> OperationError {
        OperationError(
            code: .gateRevoked, reason: "the gate \(gate.text) is revoked",
            hint: "enrol it anew with an empty --state folder, and register the new request")
    }
}

extension RequestFields {
    func gate(_ name: String) throws(OperationError) -> GateIdentifier {
        guard let gate = GateIdentifier(try string(name)) else {
            throw OperationError(
                code: .requestMalformed, reason: "`\(name)` is not 32 lower-case hexadecimal digits",
                hint: "use a `gate` from `suishen gate list`")
        }
        return gate
    }
}

extension GateRecord {
    fileprivate func isRegistered(as other: GateRecord) -> Bool {
        status != .revoked && signingKey == other.signingKey && receivingKey == other.receivingKey
            && name == other.name && site == other.site && scenes == other.scenes && domains == other.domains
    }

    /// The gate in an answer.
    var json: JSONValue {
        var object: JSONObject = [
            "gate": .string(Hex.encode(identifier)), "name": .string(name),
            "fingerprint": .string(GateRequest.fingerprint(signingKey: signingKey, receivingKey: receivingKey)),
            "site": .string(site), "scenes": .array(scenes.map { .string($0) }),
            "domains": .array(domains.map { .string($0) }), "status": .string(status.rawValue),
            "registeredAt": .integer(Int64(clamping: registeredAt)), "statusAt": .integer(Int64(clamping: statusAt)),
        ]
        if keysIssuedAt > 0 { object["keysIssuedAt"] = .integer(Int64(clamping: keysIssuedAt)) }
        return .object(object)
    }
}
