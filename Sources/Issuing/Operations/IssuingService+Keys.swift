package import Encoding
package import Signing
import Storage

extension IssuerOperation {
    package static let listKeys = inquiry("key.list") { service, _, _ in
        OperationAnswer(json: try service.keyList())
    }

    package static let rotateKey = inquiry("key.rotate", takes: ["role"], isLogged: true) { service, request, caller in
        let name = try request.optionalString("role") ?? KeyRole.issuer.rawValue
        guard let role = KeyRole(rawValue: name) else {
            throw OperationError(
                code: .keyRoleUnknown, reason: "no key has that role",
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

    /// The key of a role that signs for a transaction; see ``SigningKeys``.
    func signingKey(_ role: KeyRole, in database: any RegistrySnapshot) throws -> SigningKey {
        try signingKeys.key(role, Registry.activeKey(uses: role.uses, in: database))
    }

    /// The key of a role that signs now.
    ///
    /// - Throws: `key_missing`, `suite_mismatch`, or what its file lacks.
    package func signingKey(_ role: KeyRole) throws(OperationError) -> SigningKey {
        let record: IssuerKeyRecord?
        do {
            record = try database.read { try Registry.activeKey(uses: role.uses, in: $0) }
        } catch {
            throw OperationError(error)
        }
        return try signingKeys.key(role, record)
    }

    /// Refuses an installation that could sign nothing.
    ///
    /// - Throws: as ``signingKey(_:)``.
    package func checkSigningKeys() throws(OperationError) {
        for role in KeyRole.allCases { _ = try signingKey(role) }
    }

    /// Makes a new key and signs with it from now on; what the old one signed stays good until it expires.
    ///
    /// - Returns: the new key, as in ``keyList()``.
    package func rotateKey(_ role: KeyRole, by caller: Caller) async throws(OperationError) -> JSONValue {
        try await changingKeys { [self] database in try replaceKey(role, by: caller, in: database) }
    }

    /// Ends a key's signing: what it signed stays good until it expires.
    ///
    /// - Throws: `key_in_use` for the key that signs now, `key_unknown`, `key_compromised`.
    package func retireKey(_ keyIdentifier: String, by caller: Caller) async throws(OperationError) -> JSONValue {
        try await changingKeys { [self] database in
            let record = try key(keyIdentifier, in: database)
            switch record.status {
            case .active:
                throw OperationError(
                    code: .keyInUse, reason: "the key \(keyIdentifier) signs now",
                    hint: "`suishen key rotate` puts a new one in its place and retires it")
            case .retired: return record
            case .compromised:
                throw OperationError(
                    code: .keyCompromised, reason: "the key \(keyIdentifier) is struck as compromised",
                    hint: "a compromised key never becomes good again")
            }
        }
    }

    /// Strikes a key that somebody else may hold: from the next bundle on, nothing under it is good.
    ///
    /// A key that signs now is replaced in the same transaction; one that is struck already stays so.
    ///
    /// - Throws: `key_unknown`.
    package func compromiseKey(_ keyIdentifier: String, by caller: Caller) async throws(OperationError) -> JSONValue {
        try await changingKeys { [self] database in
            let record = try key(keyIdentifier, in: database)
            if record.status == .active, let role = KeyRole.allCases.first(where: { $0.uses == record.uses }) {
                _ = try replaceKey(role, by: caller, in: database)
            }
            guard record.status != .compromised else { return record }
            let struck = record.with(.compromised)
            try note(struck, by: caller, in: database)
            try registry.audit(
                uid: caller.uid, action: "key.compromise", subject: keyIdentifier, at: caller.now, in: database)
            return struck
        }
    }

    /// Decides and changes in one transaction, so that of two changes at once the later sees what the earlier did.
    private func changingKeys(
        _ change: @escaping @Sendable (any StoreTransaction) throws -> IssuerKeyRecord
    ) async throws(OperationError) -> JSONValue {
        do {
            let record = try await database.write(change)
            // A copy of before would have the old key sign again.
            try await advanceBeat()
            return try Self.described(record)
        } catch {
            throw OperationError(any: error)
        }
    }

    /// Puts a new key in the place of the one that signs.
    ///
    /// Its file is on disk before the registry names it, so that a crash, or a change undone, leaves an unused file.
    private func replaceKey(
        _ role: KeyRole, by caller: Caller, in database: any StoreTransaction
    ) throws -> IssuerKeyRecord {
        let key = try SigningKey.generate(settings.suite.algorithm)
        let record = IssuerKeyRecord(
            keyIdentifier: key.verificationKey.keyIdentifier, issuer: settings.issuer, spki: key.verificationKey.spki,
            uses: role.uses, notBefore: caller.now, expiresAt: caller.now + settings.keyLifetimeDays * 86_400,
            status: .active)
        try key.write(to: state.key(role.file(record.keyIdentifier)))
        if let old = try Registry.activeKey(uses: role.uses, in: database) {
            try note(old.with(.retired), by: caller, in: database)
        }
        try note(record, by: caller, in: database)
        try registry.audit(
            uid: caller.uid, action: "key.rotate", subject: Hex.encode(record.keyIdentifier), at: caller.now,
            in: database)
        return record
    }

    /// Keeps what a key is from here on, in the registry and in the log.
    private func note(_ record: IssuerKeyRecord, by caller: Caller, in database: any StoreTransaction) throws {
        try Registry.put(record, in: database)
        // What was published says nothing of it either, as long as the log lacks entries.
        guard try !log.store.isBehind(in: database) else { return }
        try log.note(record, at: caller.nowMilliseconds, in: database)
    }

    private func key(_ keyIdentifier: String, in database: any RegistrySnapshot) throws -> IssuerKeyRecord {
        let matches = try registry.keys(in: database).filter { Hex.encode($0.keyIdentifier) == keyIdentifier }
        guard matches.count == 1, let record = matches.first else {
            throw OperationError(
                code: .keyUnknown, reason: "\(matches.count) keys go by that name",
                hint: "take a `kid` of `suishen key list`")
        }
        return record
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
