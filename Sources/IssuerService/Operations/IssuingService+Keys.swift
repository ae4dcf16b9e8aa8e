package import Encoding
import Signing
import Storage

extension IssuerOperation {
    package static let listKeys = inquiry("key.list") { service, _, _ in
        OperationAnswer(json: try service.keyList())
    }

    package static let rotateKey = inquiry("key.rotate", takes: ["role"], isLogged: true) { service, request, caller in
        let name = try request.optionalString("role") ?? KeyRole.issuer.rawValue
        guard let role = KeyRole(rawValue: name) else {
            throw OperationError(
                code: "key_role_unknown", reason: "no key has that role",
                hint: "use \(KeyRole.allCases.map(\.rawValue).joined(separator: " or "))")
        }
        return OperationAnswer(json: try await service.rotateKey(role, by: caller))
    }

    package static let retireKey = inquiry("key.retire", takes: ["kid"], isLogged: true) { service, request, caller in
        OperationAnswer(json: try await service.retireKey(try request.string("kid"), by: caller))
    }

    package static let compromiseKey = inquiry("key.compromise", takes: ["kid"], isLogged: true) {
        service, request, caller in
        OperationAnswer(json: try await service.compromiseKey(try request.string("kid"), by: caller))
    }
}

extension IssuingService {
    /// Every key that gates were ever told of: `{"keys": [{kid, issuer, algorithm, uses, notBefore, expiresAt, status}]}`.
    package func keyList() throws(OperationError) -> JSONValue {
        do {
            let records = try database.read { [registry] in try registry.keys(in: $0) }
            return ["keys": .array(try records.map(Self.described))]
        } catch {
            throw OperationError(any: error)
        }
    }

    /// Makes a new key and signs with it from now on; what the old one signed stays good until it expires.
    ///
    /// The new key's file is on disk before the registry names it, so that a crash in between leaves an unused file.
    ///
    /// - Returns: the new key, as in ``keyList()``.
    package func rotateKey(_ role: KeyRole, by caller: Caller) async throws(OperationError) -> JSONValue {
        do {
            let key = try SigningKey.generate(settings.suite.algorithm)
            let record = IssuerKeyRecord(
                keyIdentifier: key.verificationKey.keyIdentifier, issuer: settings.issuer,
                spki: key.verificationKey.spki, uses: role.uses, notBefore: caller.now,
                expiresAt: caller.now + settings.keyLifetimeDays * 86_400, status: .active)
            try key.write(to: state.key(role.file(record.keyIdentifier)))
            try await database.writer.write { [registry, log] database in
                for old in try registry.keys(in: database) where old.uses == role.uses && old.status == .active {
                    let retired = old.with(.retired)
                    try Registry.put(retired, in: database)
                    try log.note(retired, at: caller.nowMilliseconds, in: database)
                }
                try Registry.put(record, in: database)
                try log.note(record, at: caller.nowMilliseconds, in: database)
                try registry.audit(
                    uid: caller.uid, action: "key.rotate", subject: Hex.encode(record.keyIdentifier), at: caller.now,
                    in: database)
            }
            // On the writer's own thread, so that no code is signed by one key and recorded under the other.
            try await database.writer.write { [keys] _ in keys.current.replace(role, by: key) }
            return try Self.described(record)
        } catch {
            throw OperationError(any: error)
        }
    }

    /// Ends a key's signing: what it signed stays good until it expires.
    ///
    /// - Throws: `key_in_use` for the key that signs now, `key_unknown`.
    package func retireKey(_ keyIdentifier: String, by caller: Caller) async throws(OperationError) -> JSONValue {
        let record = try await change(keyIdentifier, to: .retired, action: "key.retire", by: caller)
        do { return try Self.described(record) } catch { throw OperationError(any: error) }
    }

    /// Strikes a key that somebody else may hold: from the next bundle on, nothing under it is good.
    ///
    /// A key that signs now is replaced first.
    ///
    /// - Throws: `key_unknown`.
    package func compromiseKey(_ keyIdentifier: String, by caller: Caller) async throws(OperationError) -> JSONValue {
        for role in KeyRole.allCases where Hex.encode(keys.current[role].verificationKey.keyIdentifier) == keyIdentifier
        {
            _ = try await rotateKey(role, by: caller)
        }
        let record = try await change(keyIdentifier, to: .compromised, action: "key.compromise", by: caller)
        do { return try Self.described(record) } catch { throw OperationError(any: error) }
    }

    private func change(
        _ keyIdentifier: String, to status: IssuerKeyRecord.Status, action: String, by caller: Caller
    ) async throws(OperationError) -> IssuerKeyRecord {
        do {
            return try await database.writer.write { [registry, log] database in
                let matches = try registry.keys(in: database).filter { Hex.encode($0.keyIdentifier) == keyIdentifier }
                guard matches.count == 1, let record = matches.first else {
                    throw OperationError(
                        code: "key_unknown", reason: "\(matches.count) keys go by that name",
                        hint: "take a `kid` of `suishen key list`")
                }
                let isSigning = record.status == .active
                guard !isSigning || status == .compromised else {
                    throw OperationError(
                        code: "key_in_use", reason: "the key \(keyIdentifier) signs now",
                        hint: "`suishen key rotate` puts a new one in its place and retires it")
                }
                guard record.status != .compromised || status == .compromised else {
                    throw OperationError(
                        code: "key_compromised", reason: "the key \(keyIdentifier) is struck as compromised",
                        hint: "a compromised key never becomes good again")
                }
                let changed = record.with(status)
                try Registry.put(changed, in: database)
                try log.note(changed, at: caller.nowMilliseconds, in: database)
                try registry.audit(
                    uid: caller.uid, action: action, subject: keyIdentifier, at: caller.now, in: database)
                return changed
            }
        } catch {
            throw OperationError(any: error)
        }
    }

    private static func described(_ record: IssuerKeyRecord) throws(SigningError) -> JSONValue {
        let key = try VerificationKey(spki: record.spki)
        return [
            "kid": .string(Hex.encode(record.keyIdentifier)), "issuer": .string(record.issuer),
            "algorithm": .string(key.algorithm.name), "uses": .array(record.uses.map { .string($0) }),
            "notBefore": .integer(Int64(record.notBefore)), "expiresAt": .integer(Int64(record.expiresAt)),
            "status": .string(record.status.rawValue),
        ]
    }
}

extension IssuerKeyRecord {
    fileprivate func with(_ status: Status) -> IssuerKeyRecord {
        IssuerKeyRecord(
            keyIdentifier: keyIdentifier, issuer: issuer, spki: spki, uses: uses, notBefore: notBefore,
            expiresAt: expiresAt, status: status)
    }
}
