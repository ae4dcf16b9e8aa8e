import Credential
import Encoding
import Gate
import Signing
import Storage

extension IssuerOperation {
    /// Registers a gate by its signed request.
    package static let registerGate = change("gate.register", takes: ["request", "scenes", "domains", "site"]) {
        try $0.registeringGate($1, at: $2.now)
    }

    package static let suspendGate = change("gate.suspend", takes: ["gate"], beatNeed: .change) {
        try $0.changingGate($1, to: .suspended, at: $2.now)
    }

    package static let resumeGate = change("gate.resume", takes: ["gate"]) {
        try $0.changingGate($1, to: .active, at: $2.now)
    }

    package static let revokeGate = change("gate.revoke", takes: ["gate"], beatNeed: .change) {
        try $0.changingGate($1, to: .revoked, at: $2.now)
    }
}

extension IssuingService {
    fileprivate func registeringGate(
        _ fields: RequestFields, at now: UInt64
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
            receivingKey: request.receivingKey.spki, site: site, scenes: scenes, domains: domains, registeredAt: now,
            statusAt: now)
        return { database in
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
            return ChangeOutcome(
                gate.json, subject: request.gate.text,
                detail: [
                    "scenes": .array(scenes.map { .string($0) }), "domains": .array(domains.map { .string($0) }),
                    "fingerprint": .string(request.fingerprint),
                ])
        }
    }

    /// Reads a request that trusts this installation's root.
    private func gateRequest(_ value: JSONValue) throws(OperationError) -> GateRequest {
        let request: GateRequest
        do throws(BundleError) {
            request = try GateRequest(value)
        } catch {
            throw OperationError(
                code: error.code == .badSignature ? .signatureInvalid : .gateRequestInvalid, reason: error.reason,
                hint: error.hint)
        }
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
        _ fields: RequestFields, to status: GateRecord.Status, at now: UInt64
    ) throws(OperationError) -> IssuerOperation.Change {
        let identifier = try fields.gate("gate")
        return { database in
            guard let gate = try database.gate(identifier.bytes) else { throw OperationError.gateUnknown }
            guard gate.status != .revoked || status == .revoked else {
                throw OperationError(
                    code: .gateRevoked, reason: "the gate \(identifier.text) is revoked",
                    hint: "enrol it anew with an empty --state folder, and register the new request")
            }
            guard let change = try Registry.setStatus(status, ofGate: identifier.bytes, at: now, in: database) else {
                throw OperationError.gateUnknown
            }
            return ChangeOutcome(change.gate.json, subject: change.isNew ? identifier.text : nil)
        }
    }
}

extension OperationError {
    static let gateUnknown = OperationError(
        code: .gateUnknown, reason: "no gate is registered under this identifier",
        hint: "use a `gate` from `suishen gate list`")
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
