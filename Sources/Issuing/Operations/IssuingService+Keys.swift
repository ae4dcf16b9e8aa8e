package import Encoding
import Platform
package import Signing
import Storage
import TraceLog

extension IssuerOperation {
    package static let listKeys = reading("key.list") { service, _, _ in
        OperationAnswer(json: try service.keyList())
    }

    package static let rotateKey = inquiry("key.rotate", takes: ["role"], isLogged: true, clockNeed: .signing) {
        service, request, caller in
        let name = try request.optionalString("role") ?? KeyRole.issuer.rawValue
        guard let role = KeyRole(rawValue: name) else {
            throw OperationError(
                code: .keyRoleUnknown, reason: "the key role is unknown",
                hint: "use \(KeyRole.allCases.map(\.rawValue).joined(separator: " or "))")
        }
        return OperationAnswer(json: try await service.rotateKey(role, by: caller))
    }

    package static let retireKey = inquiry("key.retire", takes: ["kid"], isLogged: true, clockNeed: .signing) {
        service, request, caller in
        OperationAnswer(json: try await service.retireKey(try request.string("kid"), by: caller))
    }

    package static let compromiseKey = inquiry("key.compromise", takes: ["kid"], isLogged: true, clockNeed: .noJump) {
        service, request, caller in
        OperationAnswer(json: try await service.compromiseKey(try request.string("kid"), by: caller))
    }.confirmed(.compromiseKey) { service, request, _ in
        try service.keyDescription(try request.string("kid"))
    }
}

extension IssuingService {
    /// Every key that was ever trusted, in `keys`: `{kid, issuer, algorithm, uses, notBefore, expiresAt, status, retiredAt}`.
    package func keyList() throws(OperationError) -> JSONValue {
        do {
            let records = try database.read { [registry] in try registry.keys(in: $0) }
            return ["keys": .array(try records.map(Self.described))]
        } catch {
            throw OperationError(any: error)
        }
    }

    /// The key of a role that is active in a transaction; see ``SigningKeys``.
    func signingKey(
        _ role: KeyRole, at time: SigningTime, in database: any RegistrySnapshot
    ) throws -> SigningKey {
        try signingKeys.key(role, Registry.activeKey(uses: role.uses, in: database), at: time)
    }

    /// The public key of a role's active key, whose private key can be used.
    ///
    /// - Throws: `key_missing`, `suite_mismatch`, or an error of the key's file.
    package func verificationKey(_ role: KeyRole) throws(OperationError) -> VerificationKey {
        let record: IssuerKeyRecord?
        do {
            record = try database.read { try Registry.activeKey(uses: role.uses, in: $0) }
        } catch {
            throw OperationError(error)
        }
        return try signingKeys.verificationKey(role, record)
    }

    /// Refuses an installation whose signing keys cannot be used.
    ///
    /// A bundle key that is missing or has ended keeps a daemon from exporting bundles alone.
    ///
    /// - Throws: the errors of ``verificationKey(_:)``, or the error of the settlement key's file.
    package func checkSigningKeys() throws(OperationError) {
        for role in KeyRole.allCases { _ = try verificationKey(role) }
        do {
            // Opened now, so that a passphrase is wanted at the start alone.
            _ = try SettlementKey.read(in: keyFolder)
        } catch {
            throw OperationError(error)
        }
    }

    /// Why keys cannot sign now, once for each reason: a token that is away or does not take its PIN.
    ///
    /// The daemon serves nevertheless, and signs from when the token is there.
    ///
    /// - Parameter now: seconds since 1970-01-01T00:00:00Z.
    /// - Returns: an error for each reason.
    package func unavailableKeys(at now: UInt64) -> [OperationError] {
        var found: [OperationError] = []
        func note(_ key: () throws -> SigningKey) {
            do {
                try key().checkAvailable()
            } catch {
                let error = OperationError(any: error)
                let isOfToken = error.code != OperationError.Code.keyMissing.rawValue && !error.isOfClock
                if error.errorClass == .later, isOfToken, !found.contains(error) { found.append(error) }
            }
        }
        note { keys.checkpoint }
        note { try InstallationRoots(state).bundleKey(in: state, keyFolder, at: now) }
        for role in KeyRole.allCases {
            note {
                let record = try database.read { try Registry.activeKey(uses: role.uses, in: $0) }
                return try signingKeys.key(role, record, at: signingClock.time(at: now * 1000))
            }
        }
        return found
    }

    /// Makes a new key that signs from now on; signatures of the old key stay valid until they expire.
    ///
    /// - Returns: the new key, as in ``keyList()``.
    package func rotateKey(_ role: KeyRole, by caller: Caller) async throws(OperationError) -> JSONValue {
        try await changingKeys { [self] database in try replaceKey(role, by: caller, in: database) }
    }

    /// Retires a key; codes and lists that it signed by then stay valid until they expire.
    ///
    /// A key that an earlier version retired gets its time of retirement now.
    ///
    /// - Throws: `key_in_use` for an active key, `key_unknown`, `key_compromised`.
    package func retireKey(_ keyIdentifier: String, by caller: Caller) async throws(OperationError) -> JSONValue {
        try await changingKeys { [self] database in
            let record = try key(keyIdentifier, in: database)
            switch record.status {
            case .active:
                throw OperationError(
                    code: .keyInUse, reason: "the key \(keyIdentifier) is active",
                    hint: "replace and retire it with `suishen key rotate`")
            case .retired: return try retired(record, by: caller, in: database)
            case .compromised:
                throw OperationError(
                    code: .keyCompromised, reason: "the key \(keyIdentifier) is marked as compromised",
                    hint: "leave it as it is: a compromised key cannot be used again")
            }
        }
    }

    private func retired(
        _ record: IssuerKeyRecord, by caller: Caller, in database: any StoreTransaction
    ) throws -> IssuerKeyRecord {
        guard record.retiredAt == nil else { return record }
        let time = try Registry.retirementTime(of: record.keyIdentifier, at: caller.now, in: database)
        let retired = record.with(.retired, retiredAt: time)
        try Registry.put(retired, in: database)
        try registry.audit(
            by: caller.identity, action: "key.retire", subject: Hex.encode(record.keyIdentifier), at: caller.now,
            in: database)
        try acts.append(
            .keyRetire, [Hex.encode(record.keyIdentifier)], atMilliseconds: caller.nowMilliseconds,
            in: database)
        return retired
    }

    /// Marks a key as compromised; from the next bundle on, gates refuse every signature of it.
    ///
    /// An active key is replaced in the same transaction; a key that is compromised already stays compromised.
    ///
    /// - Throws: `key_unknown`.
    package func compromiseKey(_ keyIdentifier: String, by caller: Caller) async throws(OperationError) -> JSONValue {
        try await changingKeys { [self] database in
            let record = try key(keyIdentifier, in: database)
            if record.status == .active, let role = KeyRole.allCases.first(where: { $0.uses == record.uses }) {
                _ = try replaceKey(role, by: caller, in: database)
            }
            guard record.status != .compromised else { return record }
            let compromised = record.with(.compromised)
            try note(compromised, by: caller, in: database)
            try registry.audit(
                by: caller.identity, action: "key.compromise", subject: keyIdentifier, at: caller.now, in: database)
            try acts.append(
                .keyCompromise, [keyIdentifier], atMilliseconds: caller.nowMilliseconds, in: database)
            return compromised
        }
    }

    /// Checks and changes keys in one transaction, so that each of two concurrent changes sees the one before it.
    private func changingKeys(
        _ change: @escaping @Sendable (any StoreTransaction) throws -> IssuerKeyRecord
    ) async throws(OperationError) -> JSONValue {
        do {
            let record = try await database.write { [keptLists] database in
                let record = try change(database)
                // A list that an ended key signed is not served again.
                try keptLists.noteChange(in: database)
                return record
            }
            // Without this, an older copy of the registry could sign with the old key again.
            try await advanceBeat()
            return try Self.described(record)
        } catch {
            throw OperationError(any: error)
        }
    }

    /// Replaces the active key with a new one.
    ///
    /// The new key's file is on disk before the registry names it; a crash or a rollback leaves only an unused file.
    private func replaceKey(
        _ role: KeyRole, by caller: Caller, in database: any StoreTransaction
    ) throws -> IssuerKeyRecord {
        let new = try keyFolder.generate(settings.suite.algorithm, role: role.rawValue)
        let key = new.key
        let record = IssuerKeyRecord(
            keyIdentifier: key.verificationKey.keyIdentifier, issuer: settings.issuer, spki: key.verificationKey.spki,
            uses: role.uses, notBefore: caller.now, expiresAt: caller.now + settings.keyLifetimeDays * 86_400,
            status: .active)
        try keyFolder.write(new, to: role.file(record.keyIdentifier))
        if let old = try Registry.activeKey(uses: role.uses, in: database) {
            let retiredAt = try Registry.retirementTime(of: old.keyIdentifier, at: caller.now, in: database)
            try note(old.with(.retired, retiredAt: retiredAt), by: caller, in: database)
        }
        try note(record, by: caller, in: database)
        try registry.audit(
            by: caller.identity, action: "key.rotate", subject: Hex.encode(record.keyIdentifier), at: caller.now,
            in: database)
        try acts.append(
            .keyRotate, [Hex.encode(record.keyIdentifier), record.uses.joined(separator: " ")],
            atMilliseconds: caller.nowMilliseconds, in: database)
        return record
    }

    /// Records a key and its status in the registry and in the log.
    private func note(_ record: IssuerKeyRecord, by caller: Caller, in database: any StoreTransaction) throws {
        try Registry.put(record, in: database)
        // While entries are missing in the log after a recovery, the key's status is not appended.
        guard try !log.store.isBehind(in: database) else { return }
        try log.note(record, at: caller.nowMilliseconds, in: database)
    }

    private func key(_ keyIdentifier: String, in database: any RegistrySnapshot) throws -> IssuerKeyRecord {
        try Self.key(keyIdentifier, among: registry.keys(in: database))
    }

    private static func key(
        _ keyIdentifier: String, among records: [IssuerKeyRecord]
    ) throws(OperationError) -> IssuerKeyRecord {
        let matches = records.filter { Hex.encode($0.keyIdentifier) == keyIdentifier }
        guard matches.count == 1, let record = matches.first else {
            throw OperationError(
                code: .keyUnknown, reason: "\(matches.count) keys have that name",
                hint: "use a `kid` from `suishen key list`")
        }
        return record
    }

    /// A key as in ``keyList()``.
    ///
    /// - Throws: `key_unknown`.
    fileprivate func keyDescription(_ keyIdentifier: String) throws -> JSONValue {
        try Self.described(Self.key(keyIdentifier, among: database.read { [registry] in try registry.keys(in: $0) }))
    }

    private static func described(_ record: IssuerKeyRecord) throws(SigningError) -> JSONValue {
        let key = try VerificationKey(spki: record.spki)
        var object: JSONObject = [
            "kid": .string(Hex.encode(record.keyIdentifier)), "issuer": .string(record.issuer),
            "algorithm": .string(key.algorithm.name), "uses": .array(record.uses.map { .string($0) }),
            "notBefore": .integer(Int64(record.notBefore)), "expiresAt": .integer(Int64(record.expiresAt)),
            "status": .string(record.status.rawValue),
        ]
        object["retiredAt"] = record.retiredAt.map { .integer(Int64(clamping: $0)) }
        return .object(object)
    }
}
