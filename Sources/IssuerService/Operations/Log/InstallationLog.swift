package import Signing
package import Storage
import Synchronization
package import TraceLog

/// The trace log of one installation: where events go in, and where the published log comes out.
package final class InstallationLog: Sendable {
    /// What a state needs to be named in its log: under the issuer's host, as C2SP asks for.
    static func origin(of settings: Settings) -> String { settings.host.lowercased() + "/log" }

    package let store: TraceLogStore
    package let directory: LogDirectory
    /// What auditors hold the checkpoints to.
    package let key: NoteKey
    private let publisher: LogPublisher
    /// Why nothing is published or appended any more; nil while all is well.
    private let failure = Mutex<OperationError?>(nil)
    private let isReady = Atomic(false)

    /// - Parameters:
    ///   - registry: the open registry, whose file the entries are in.
    ///   - folder: the published log's folder.
    ///   - settings: name the log, and say how often heads are stated.
    ///   - signingKey: the checkpoint key, Ed25519.
    ///   - registrySecret: what the key of openings at rest is derived from.
    /// - Throws: when the checkpoint key is not Ed25519.
    package init(
        _ registry: RegistryDatabase, folder: String, settings: Settings, signingKey: SigningKey,
        registrySecret: [UInt8]
    ) throws {
        let origin = Self.origin(of: settings)
        let openingKey = try HKDF.derive(
            .sha256, key: registrySecret, salt: [], info: Array("suishen openings at rest v1".utf8),
            byteCount: TraceLogStore.openingKeyByteCount)
        store = TraceLogStore(
            registry: registry, openingKey: openingKey, headsInterval: settings.logHeadsInterval)
        directory = LogDirectory(path: folder)
        publisher = try LogPublisher(store: store, directory: directory, origin: origin, key: signingKey)
        key = try NoteKey(name: origin, kind: .ed25519, key: signingKey.verificationKey)
    }

    /// The log of the installation in a folder, of its own keys.
    convenience init(
        _ registry: RegistryDatabase, in state: StateDirectory, settings: Settings, keys: KeyRing
    ) throws {
        try self.init(
            registry, folder: state.log, settings: settings, signingKey: keys.checkpoint,
            registrySecret: keys.registrySecret)
    }

    /// Why the log takes and publishes nothing any more; nil while it does.
    package var trouble: OperationError? { failure.withLock { $0 } }

    /// Holds the entries to the published checkpoint, and finishes or discards what a crash left; once is enough.
    ///
    /// - Parameter thoroughly: holds every published file to the entries, and not just the newest.
    /// - Returns: what was found, a line for each thing that there is to tell.
    /// - Throws: `log_inconsistent`, after which the log takes nothing, or `log_unwritable`.
    @discardableResult
    package func start(thoroughly: Bool = false) async throws(OperationError) -> [String] {
        try check()
        guard !isReady.load(ordering: .acquiring) else { return [] }
        let recovery = try await guarded { try await publisher.recover(thoroughly: thoroughly) }
        isReady.store(true, ordering: .releasing)
        return recovery.lines
    }

    /// Holds the entries to every published file, and changes nothing.
    ///
    /// - Throws: `log_inconsistent`.
    func inspect() async throws(OperationError) {
        try await guarded { try await publisher.inspect() }
    }

    /// Publishes what is on disk and not yet in a checkpoint.
    ///
    /// - Returns: the newest checkpoint's size.
    /// - Throws: `log_inconsistent`, after which the log takes nothing, or `log_unwritable`, which may pass.
    @discardableResult
    package func publish() async throws(OperationError) -> UInt64 {
        try await start()
        return try await guarded { try await publisher.publish() }
    }

    /// States every object's newest entry, where anything was appended since the last statement, and publishes.
    package func finish(atMilliseconds now: UInt64) async throws(OperationError) {
        // First what is still being made, since the statement that ends the log comes after it.
        try await publish()
        try await guarded { try await store.stateHeads(at: now) }
        try await publish()
    }

    func append(
        _ request: EventRequest, at timeMilliseconds: UInt64, in database: RegistryTransaction
    ) throws -> (answer: AppendAnswer, isNew: Bool) {
        try store.append(request, at: timeMilliseconds, in: database)
    }

    func erase(
        _ erasure: TraceErasure, at timeMilliseconds: UInt64, in database: RegistryTransaction
    ) throws -> AppendAnswer {
        try store.erase(erasure, at: timeMilliseconds, in: database)
    }

    /// Appends that an issuer's key is good from here on, or no longer is.
    func note(_ record: IssuerKeyRecord, at timeMilliseconds: UInt64, in database: RegistryTransaction) throws {
        let status: KeyStatusChange.Status =
            switch record.status {
            case .active: .active
            case .retired: .retired
            case .compromised: .revoked
            }
        let change = KeyStatusChange(
            actor: record.issuer, status: status, key: try VerificationKey(spki: record.spki))
        _ = try store.append(
            EventRequest(object: .log, event: .keyStatus(change), actor: ""), at: timeMilliseconds, in: database)
    }

    private func check() throws(OperationError) {
        if let trouble { throw trouble }
    }

    private func guarded<Value>(_ body: () async throws -> Value) async throws(OperationError) -> Value {
        try check()
        do {
            return try await body()
        } catch {
            let error = OperationError(any: error)
            if error.code == LogError.Code.logInconsistent.rawValue { failure.withLock { $0 = error } }
            throw error
        }
    }
}
