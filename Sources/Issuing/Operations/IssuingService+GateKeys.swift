import Credential
import Encoding
package import Gate
import Signing
import Storage
import Synchronization
import TraceLog

extension IssuerOperation {
    /// One gate's epoch keys, sealed to it: `{"gate", "path", "bytes"}`, with the file's bytes in Base64.
    package static let sealGateKeys = inquiry("gate.keys", takes: ["gate"], clockNeed: .signing) {
        service, request, caller in
        let gate = try request.gate("gate")
        let file = try await service.sealedKeys(of: gate, by: caller)
        return OperationAnswer(json: [
            "gate": .string(gate.text), "path": .string(file.path), "bytes": .string(Base64.encode(file.bytes)),
        ])
    }
}

extension IssuingService {
    /// Seals one gate's epoch keys for the days that a bundle of now would carry.
    ///
    /// - Parameters:
    ///   - gate: the gate.
    ///   - caller: the user who asks, for the audit trail.
    /// - Returns: the file `keys/GATE`.
    /// - Throws: `gate_unknown`, `gate_suspended`, `gate_revoked`, `gate_without_domains`, or an error of a key.
    package func sealedKeys(
        of gate: GateIdentifier, by caller: Caller
    ) async throws(OperationError) -> BundleExport.File {
        let orders = try await keyOrders(by: caller) { database in
            guard let record = try database.gate(gate.bytes) else { throw OperationError.gateUnknown }
            try record.checkGetsKeys()
            return [record]
        }
        // The published file is no longer the gate's newest.
        noteGateChange()
        guard let file = try sealed(orders, by: caller).first else { throw OperationError.gateUnknown }
        return file
    }

    /// Seals the epoch keys of these gates; suspended and revoked gates, and gates without domains, get none.
    ///
    /// - Parameters:
    ///   - gates: at most ``gatePageCountMax``.
    ///   - caller: the user who asks, for the audit trail, which gets one line for all.
    /// - Returns: the files `keys/GATE`.
    /// - Throws: an error of a key or of the registry.
    func sealedKeys(
        ofPage gates: [GateIdentifier], by caller: Caller
    ) async throws(OperationError) -> [BundleExport.File] {
        guard !gates.isEmpty else { return [] }
        let orders = try await keyOrders(by: caller, isPage: true) { database in
            // Read now: a gate may have been revoked since the caller has read it.
            try gates.compactMap { try database.gate($0.bytes) }.filter(\.getsKeys)
        }
        return try sealed(orders, by: caller)
    }

    /// Notes that a gate's published keys may be due.
    func noteGateChange() { gateChanges.add(1, ordering: .releasing) }

    /// A number that changes with every change that was noted, also by another daemon.
    var gateChangeCount: UInt64 { gateChanges.load(ordering: .acquiring) + (sharedChanges.known?.gates ?? 0) }

    /// A gate, and the `iat` of its next keys.
    private typealias KeyOrder = (gate: GateRecord, issuedAt: UInt64)

    /// Takes the times of gates' next keys, with a line in the audit trail for each gate or for the page.
    private func keyOrders(
        by caller: Caller, isPage: Bool = false,
        _ gates: @escaping @Sendable (any StoreTransaction) throws -> [GateRecord]
    ) async throws(OperationError) -> [KeyOrder] {
        let time = try signingClock.time(at: caller.nowMilliseconds)
        do {
            return try await database.write { [registry, acts] database in
                let gates = try gates(database)
                if isPage, let first = gates.first, let last = gates.last {
                    try registry.audit(
                        by: caller.identity, action: "gate.keys", subject: "gates",
                        detail: [
                            "count": .integer(Int64(gates.count)), "first": .string(Hex.encode(first.identifier)),
                            "last": .string(Hex.encode(last.identifier)),
                        ], at: caller.now, in: database)
                    try acts.append(
                        .gatesKeys,
                        [String(gates.count), Hex.encode(first.identifier), Hex.encode(last.identifier)],
                        atMilliseconds: caller.nowMilliseconds, in: database)
                }
                return try gates.map { gate in
                    let issuedAt = try Registry.nextKeysTime(of: gate, at: time.seconds, in: database)
                    if isPage { return (gate, issuedAt) }
                    try registry.audit(
                        by: caller.identity, action: "gate.keys", subject: Hex.encode(gate.identifier),
                        detail: [
                            "domains": .array(gate.domains.map { .string($0) }),
                            "iat": .integer(Int64(clamping: issuedAt)),
                        ], at: caller.now, in: database)
                    try acts.append(
                        .gateKeys,
                        [gate.domains.joined(separator: " "), Hex.encode(gate.identifier), String(issuedAt)],
                        atMilliseconds: caller.nowMilliseconds, in: database)
                    return (gate, issuedAt)
                }
            }
        } catch {
            throw OperationError(any: error)
        }
    }

    private func sealed(_ orders: [KeyOrder], by caller: Caller) throws(OperationError) -> [BundleExport.File] {
        let time = try signingClock.time(at: caller.nowMilliseconds)
        let signer = try signingKeys.bundleKey(at: time).key
        do {
            return try orders.compactMap { gate, issuedAt in
                guard let identifier = GateIdentifier(bytes: gate.identifier),
                    let keys = try epochKeys(gate.domains.compactMap(SealDomain.init(rawValue:)), at: time.seconds)
                else { return nil }
                let bytes = try SealedEpochKeys.signed(
                    keys, for: identifier, sealedTo: ReceivingPublicKey(spki: gate.receivingKey), issuedAt: issuedAt,
                    by: signer)
                return BundleExport.File(path: SealedEpochKeys.path(of: identifier), bytes: bytes, mode: 0o644)
            }
        } catch {
            throw OperationError(any: error)
        }
    }
}

extension GateRecord {
    /// Whether the gate gets epoch keys.
    var getsKeys: Bool { status == .active && !domains.isEmpty }

    /// Refuses a gate that gets no epoch keys.
    fileprivate func checkGetsKeys() throws(OperationError) {
        let name = Hex.encode(identifier)
        switch status {
        case .suspended:
            throw OperationError(
                code: .gateSuspended, reason: "the gate \(name) is suspended",
                hint: "resume it with `suishen gate resume` once it may decide again")
        case .revoked:
            throw OperationError(
                code: .gateRevoked, reason: "the gate \(name) is revoked",
                hint: "enrol it anew with an empty --state folder, and register the new request")
        case .active:
            guard domains.isEmpty else { return }
            throw OperationError(
                code: .gateWithoutDomains, reason: "the gate \(name) was registered without a domain",
                hint: "nothing needs to be sealed for it")
        }
    }
}
