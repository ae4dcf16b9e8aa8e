/// A registered gate.
package struct GateRecord: Sendable, Equatable {
    /// The byte count of a gate's identifier.
    package static let identifierByteCount = 16

    /// Whether the gate gets epoch keys.
    package enum Status: String, Sendable {
        case active
        /// It gets no keys until it is resumed.
        case suspended
        /// It never gets keys again.
        case revoked
    }

    package let identifier: [UInt8]
    package let name: String
    /// SubjectPublicKeyInfo of the key that signs for the gate.
    package let signingKey: [UInt8]
    /// SubjectPublicKeyInfo of the key to which the gate's epoch keys are sealed.
    package let receivingKey: [UInt8]
    /// The `iat` of the request that brought the receiving key, by the gate's clock; 0 for the one of its registration.
    package let receivingKeyAt: UInt64
    package let site: String
    package let scenes: [String]
    /// The domains whose epoch keys the gate gets.
    package let domains: [String]
    package let status: Status
    /// Seconds since 1970-01-01T00:00:00Z.
    package let registeredAt: UInt64
    /// The time of the last change of the status.
    package let statusAt: UInt64
    /// The `iat` of the newest sealed keys; 0 before the first ones.
    package let keysIssuedAt: UInt64

    package init(
        identifier: [UInt8], name: String, signingKey: [UInt8], receivingKey: [UInt8], site: String, scenes: [String],
        domains: [String], status: Status = .active, registeredAt: UInt64, statusAt: UInt64, keysIssuedAt: UInt64 = 0,
        receivingKeyAt: UInt64 = 0
    ) {
        (self.identifier, self.name, self.site) = (identifier, name, site)
        (self.signingKey, self.receivingKey, self.receivingKeyAt) = (signingKey, receivingKey, receivingKeyAt)
        (self.scenes, self.domains, self.status) = (scenes, domains, status)
        (self.registeredAt, self.statusAt, self.keysIssuedAt) = (registeredAt, statusAt, keysIssuedAt)
    }
}

extension GateRecord {
    /// The gate with another status.
    func with(_ status: Status, at now: UInt64) -> GateRecord {
        GateRecord(
            identifier: identifier, name: name, signingKey: signingKey, receivingKey: receivingKey, site: site,
            scenes: scenes, domains: domains, status: status, registeredAt: registeredAt, statusAt: now,
            keysIssuedAt: keysIssuedAt, receivingKeyAt: receivingKeyAt)
    }

    /// The gate with another receiving key, unless a later request has brought the present one.
    ///
    /// The time of the keys rises, so that a file which was sealed to the former key is not the newest.
    func with(receivingKey: [UInt8], at receivingKeyAt: UInt64) -> GateRecord {
        guard receivingKeyAt > self.receivingKeyAt else { return self }
        return GateRecord(
            identifier: identifier, name: name, signingKey: signingKey, receivingKey: receivingKey, site: site,
            scenes: scenes, domains: domains, status: status, registeredAt: registeredAt, statusAt: statusAt,
            keysIssuedAt: keysIssuedAt == 0 ? 0 : keysIssuedAt + 1, receivingKeyAt: receivingKeyAt)
    }

    /// The gate after its keys were sealed anew.
    func with(keysIssuedAt: UInt64) -> GateRecord {
        GateRecord(
            identifier: identifier, name: name, signingKey: signingKey, receivingKey: receivingKey, site: site,
            scenes: scenes, domains: domains, status: status, registeredAt: registeredAt, statusAt: statusAt,
            keysIssuedAt: max(self.keysIssuedAt, keysIssuedAt), receivingKeyAt: receivingKeyAt)
    }
}

extension Registry {
    /// Changes a gate's status.
    ///
    /// - Returns: the gate as it is now, and whether its status was another one; nil for an unknown gate.
    /// - Throws: `registry_unwritable` for a change from revoked, which the store refuses.
    package static func setStatus(
        _ status: GateRecord.Status, ofGate identifier: [UInt8], at now: UInt64, in transaction: any RegistryTransaction
    ) throws -> (gate: GateRecord, isNew: Bool)? {
        guard let gate = try transaction.gate(identifier) else { return nil }
        guard gate.status != status else { return (gate, false) }
        let changed = gate.with(status, at: now)
        try transaction.putGate(changed)
        return (changed, true)
    }

    /// Gives a gate another receiving key.
    ///
    /// - Parameters:
    ///   - key: SubjectPublicKeyInfo.
    ///   - gate: the gate, as it is in the registry.
    ///   - time: the request's `iat`, later than ``GateRecord/receivingKeyAt``.
    ///   - transaction: an open transaction.
    /// - Returns: the gate as it is now.
    /// - Throws: an error of the registry.
    package static func setReceivingKey(
        _ key: [UInt8], of gate: GateRecord, at time: UInt64, in transaction: any RegistryTransaction
    ) throws -> GateRecord {
        let changed = gate.with(receivingKey: key, at: time)
        try transaction.putGate(changed)
        return changed
    }

    /// The `iat` of the next sealed keys of a gate: now, or one more than the newest.
    package static func nextKeysTime(
        of gate: GateRecord, at now: UInt64, in transaction: any RegistryTransaction
    ) throws -> UInt64 {
        let time = max(now, gate.keysIssuedAt + 1)
        try transaction.putGate(gate.with(keysIssuedAt: time))
        return time
    }
}
