import Credential
package import Encoding
package import Signing
package import Storage

/// Everything an issuer can ask for, over one registry: the same code whether a daemon or a command calls it.
///
/// A request is a JSON object; its answer leaves only after the change is on disk.
package final class IssuingService: Sendable {
    package let settings: Settings
    package let keys: KeyRing
    package let database: RegistryDatabase
    package let registry: Registry
    package let log: InstallationLog
    let state: StateDirectory
    let random: any RandomSource
    private let lock: StateLock

    /// Opens an installation for this process alone.
    ///
    /// - Parameters:
    ///   - state: a folder that `suishen init` made.
    ///   - random: where identifiers, indices and nonces come from.
    /// - Throws: `state_missing`, `state_busy`, or what a key, the settings or the registry lack.
    package init(_ state: StateDirectory, random: any RandomSource) throws(OperationError) {
        lock = try state.locked()
        do {
            settings = try Settings(
                text: String(
                    decoding: SecretFile.read(state.settings, byteCountMax: 64 << 10), as: UTF8.self))
            keys = try KeyRing(state)
            database = try RegistryDatabase(path: state.registry)
            let registry = Registry(
                cipher: try FieldCipher(
                    sealingKey: keys.registrySecret, digestKey: keys.digestSecret, random: random), random: random)
            try keys.current.follow(try database.read { try registry.keys(in: $0) }, in: state)
            self.registry = registry
            log = try InstallationLog(
                database, folder: state.log, settings: settings, signingKey: keys.checkpoint,
                registrySecret: keys.registrySecret)
        } catch {
            throw OperationError(any: error)
        }
        self.state = state
        self.random = random
    }

    /// Who asks, and when; both come from outside, since nothing here reads a clock.
    package struct Caller: Sendable {
        package let uid: UInt32
        /// Seconds since 1970-01-01T00:00:00Z.
        package let now: UInt64
        package let idempotencyKey: String?

        /// The longest idempotency key.
        package static let idempotencyKeyByteCountMax = 128

        /// The same time as the log counts it.
        var nowMilliseconds: UInt64 { now * 1000 }

        package init(uid: UInt32, now: UInt64, idempotencyKey: String? = nil) {
            self.uid = uid
            self.now = now
            self.idempotencyKey = idempotencyKey
        }
    }

    /// Carries out one request, or none of it.
    ///
    /// - Parameters:
    ///   - operation: what is asked.
    ///   - body: the request's object; unknown members are refused.
    ///   - caller: who asks, for the audit trail, and under which idempotency key.
    /// - Returns: the answer, durable by then; the first answer again for a repeated idempotency key.
    /// - Throws: a refusal with its code; nothing of the request was done.
    package func perform(
        _ operation: IssuerOperation, _ body: JSONValue, by caller: Caller
    ) async throws(OperationError) -> JSONValue {
        let request = try RequestFields(body, operation: operation)
        if operation.isLogged { try await log.start() }
        let work = try prepared(operation, request, body, by: caller)
        // An event's key is the log's own matter, which keeps no digest of personal values.
        let idempotencyKey = operation == .appendEvent ? nil : caller.idempotencyKey
        let fingerprint = Array(operation.rawValue.utf8) + [0] + Array(body.encoded().utf8)
        do {
            let registry = registry
            let answer = try await database.writer.write { database in
                if let key = idempotencyKey,
                    let first = try registry.answer(toKey: key, request: fingerprint, in: database)
                {
                    return first
                }
                let (answer, subject) = try work(database)
                let text = answer.encoded()
                guard let subject else { return text }
                try registry.audit(
                    uid: caller.uid, action: operation.rawValue, subject: subject, at: caller.now, in: database)
                if let key = idempotencyKey {
                    try registry.remember(
                        answer: text, toKey: key, request: fingerprint, at: caller.now, in: database)
                }
                return text
            }
            if operation == .eraseEvent { try log.store.purge() }
            return try JSONValue.parse(Array(answer.utf8), byteCountMax: .max)
        } catch {
            throw OperationError(any: error)
        }
    }

    /// A request's change: its answer, and the subject that the audit trail names; nil when nothing was changed.
    typealias Work = @Sendable (RegistryTransaction) throws -> (answer: JSONValue, subject: String?)

    private func prepared(
        _ operation: IssuerOperation, _ request: RequestFields, _ body: JSONValue, by caller: Caller
    ) throws(OperationError) -> Work {
        let now = caller.now
        switch operation {
        case .registerPerson: return try registeringPerson(request, now: now)
        case .registerEnterprise: return try registeringEnterprise(request, now: now)
        case .registerObject: return try registeringObject(request, now: now)
        case .issue: return try issuing(request, now: now)
        case .revoke: return try revoking(request, now: now)
        case .appendEvent: return try appendingEvent(request, body, by: caller)
        case .eraseEvent: return try erasingEvent(request, by: caller)
        }
    }
}

/// What an issuer can ask for, by the name that the audit trail keeps.
package enum IssuerOperation: String, Sendable, CaseIterable {
    case registerPerson = "person.register"
    case registerEnterprise = "enterprise.register"
    case registerObject = "object.register"
    case issue = "code.issue"
    case revoke = "code.revoke"
    case appendEvent = "event.append"
    case eraseEvent = "event.erase"

    /// The members that a request may have; any other is a mistake worth telling.
    package var members: Set<String> {
        switch self {
        case .registerPerson: ["residentId", "medical", "transit"]
        case .registerEnterprise: ["uscc", "name"]
        case .registerObject: ["kind", "manager", "category", "latitude", "longitude", "reference", "name"]
        case .issue: ["subject", "kind", "deviceKey", "anchor", "count", "lifetime", "guardian", "scope"]
        case .revoke: ["target", "reason"]
        case .appendEvent: EventRequest.members
        case .eraseEvent: ["object", "index", "reason", "actor"]
        }
    }

    /// Whether it adds to the trace log.
    package var isLogged: Bool { self == .appendEvent || self == .eraseEvent }
}
