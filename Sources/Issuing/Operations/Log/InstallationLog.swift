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
    private let phase = Mutex(Phase.unread(thoroughly: false))

    /// How far this process is with the log; nothing is appended or published but when it is ready.
    private enum Phase {
        /// Whoever takes it up next reads all of it, where anybody before was to.
        case unread(thoroughly: Bool)
        case checking(Task<[String], any Error>, since: ContinuousClock.Instant, thoroughly: Bool)
        case ready
        /// Nothing goes any more, for what was found.
        case stopped(OperationError)
        /// The process is told to end, and will not know.
        case abandoned
    }

    /// How long an append waits for a check, from the beginning of that.
    private static let patience = Duration.seconds(3)
    private static let pollInterval = Duration.milliseconds(10)

    /// - Parameters:
    ///   - registry: the open registry, whose file the entries are in.
    ///   - folder: the published log's folder.
    ///   - settings: name the log, and say how often heads are stated.
    ///   - signingKey: the checkpoint key, Ed25519.
    ///   - registrySecret: what the key of openings at rest is derived from.
    ///   - announce: is told of every checkpoint before that can be read; what it throws keeps the checkpoint back.
    /// - Throws: when the checkpoint key is not Ed25519.
    package init(
        _ registry: any RegistryStore, folder: String, settings: Settings, signingKey: SigningKey,
        registrySecret: [UInt8], announce: @escaping @Sendable (Checkpoint) throws -> Void = { _ in }
    ) throws {
        let origin = Self.origin(of: settings)
        let openingKey = try HKDF.derive(
            .sha256, key: registrySecret, salt: [], info: Array("suishen openings at rest v1".utf8),
            byteCount: TraceLogStore.openingKeyByteCount)
        store = TraceLogStore(
            registry: registry, openingKey: openingKey, headsInterval: settings.logHeadsInterval)
        directory = LogDirectory(path: folder)
        publisher = try LogPublisher(
            store: store, directory: directory, origin: origin, key: signingKey, announce: announce)
        key = try NoteKey(name: origin, kind: .ed25519, key: signingKey.verificationKey)
    }

    /// The log of the installation in a folder, of its own keys.
    convenience init(
        _ registry: any RegistryStore, in state: StateDirectory, settings: Settings, keys: KeyRing,
        announce: @escaping @Sendable (Checkpoint) throws -> Void
    ) throws {
        try self.init(
            registry, folder: state.log, settings: settings, signingKey: keys.checkpoint,
            registrySecret: keys.registrySecret, announce: announce)
    }

    /// What was found that ends the log's taking and publishing; nil where nothing was.
    package var trouble: OperationError? {
        if case .stopped(let error) = phase.withLock({ $0 }) { error } else { nil }
    }

    /// Why the log takes no events now; nil while it does, or would be taken up by the first.
    var obstacle: OperationError? {
        switch phase.withLock({ $0 }) {
        case .unread, .ready: nil
        case .checking, .abandoned: .logChecking
        case .stopped(let error): error
        }
    }

    /// Begins to hold the entries to the published checkpoint, and to finish or discard what a crash left; once is
    /// enough, and a second call gives the task that is under way.
    ///
    /// - Parameter thoroughly: holds every published file to the entries, and not just the newest; that may take
    ///   minutes, and is given up when the task is cancelled.
    /// - Returns: gives a line for each thing that there is to tell; throws `log_inconsistent` or `log_unreadable`, after which the
    ///   log takes nothing, `log_unwritable`, which may pass, or `log_checking` where it was given up.
    @discardableResult
    package func begin(thoroughly: Bool) -> Task<[String], any Error> {
        phase.withLock { phase in
            switch phase {
            case .checking(let check, _, _): return check
            case .ready: return Task { [] }
            case .stopped(let error): return Task { throw error }
            case .abandoned: return Task { throw OperationError.logChecking }
            case .unread(let isThorough):
                let thoroughly = thoroughly || isThorough
                let check = Task { try await takeUp(thoroughly: thoroughly) }
                phase = .checking(check, since: .now, thoroughly: thoroughly)
                return check
            }
        }
    }

    /// Takes the log up as ``begin(thoroughly:)`` does, and waits for it.
    @discardableResult
    package func start() async throws(OperationError) -> [String] {
        do { return try await begin(thoroughly: false).value } catch { throw OperationError(any: error) }
    }

    /// Takes the log up, or waits a little for whoever does.
    ///
    /// - Throws: `log_checking` when that takes longer than a request can wait, or what was found.
    func untilReady() async throws(OperationError) {
        while case .checking(_, let since, thoroughly: true) = phase.withLock({ $0 }) {
            guard ContinuousClock.now - since < Self.patience else { throw .logChecking }
            try? await Task.sleep(for: Self.pollInterval)
        }
        try await start()
    }

    private func takeUp(thoroughly: Bool) async throws -> [String] {
        do {
            let recovery = try await publisher.recover(thoroughly: thoroughly)
            phase.withLock { $0 = .ready }
            return recovery.lines
        } catch is CancellationError {
            phase.withLock { $0 = .abandoned }
            throw OperationError.logChecking
        } catch {
            let error = OperationError(any: error)
            phase.withLock { $0 = error.endsTheLog ? .stopped(error) : .unread(thoroughly: thoroughly) }
            throw error
        }
    }

    /// Holds the entries to every published file, and changes nothing.
    ///
    /// - Throws: `log_inconsistent`, `log_unreadable`.
    func inspect() async throws(OperationError) {
        try await guarded { try await publisher.inspect() }
    }

    /// The newest checkpoint that was published.
    ///
    /// - Returns: nil where no checkpoint was ever published.
    /// - Throws: `log_unreadable`.
    func publishedCheckpoint() throws -> PublishedCheckpoint? {
        try PublishedCheckpoint.read(from: directory, of: store, key: key)
    }

    /// Publishes what is on disk and not yet in a checkpoint.
    ///
    /// - Returns: the newest checkpoint's size.
    /// - Throws: `log_inconsistent` or `log_unreadable`, after which the log takes nothing, or `log_unwritable`, which
    ///   may pass.
    @discardableResult
    package func publish() async throws(OperationError) -> UInt64 {
        try await start()
        return try await guarded { try await publisher.publish() }
    }

    /// States every object's newest entry, where anything was appended since the last statement, and publishes.
    ///
    /// Nothing is signed where the entries were not held to what is published.
    package func finish(atMilliseconds now: UInt64) async throws(OperationError) {
        guard case .ready = phase.withLock({ $0 }) else { return }
        // First what is still being made, since the statement that ends the log comes after it.
        try await publish()
        try await guarded { try await store.stateHeads(at: now) }
        try await publish()
    }

    func append(
        _ request: EventRequest, at timeMilliseconds: UInt64, in database: any LogTransaction
    ) throws -> (answer: AppendAnswer, isNew: Bool) {
        try store.append(request, at: timeMilliseconds, in: database)
    }

    func append(
        _ signed: SignedEvents, at timeMilliseconds: UInt64, in database: any LogTransaction
    ) throws -> (answers: [AppendAnswer], isNew: Bool) {
        try store.append(signed, at: timeMilliseconds, in: database)
    }

    /// Appends a change of a key's status to the log's own chain.
    func append(
        _ change: KeyStatusChange, at timeMilliseconds: UInt64, in database: any LogTransaction
    ) throws {
        _ = try store.append(
            EventRequest(object: .log, event: .keyStatus(change), actor: ""), at: timeMilliseconds, in: database)
    }

    func erase(
        _ erasure: TraceErasure, at timeMilliseconds: UInt64, in database: any LogTransaction
    ) throws -> AppendAnswer {
        try store.erase(erasure, at: timeMilliseconds, in: database)
    }

    /// Appends that an issuer's key is good from here on, or no longer is.
    func note(_ record: IssuerKeyRecord, at timeMilliseconds: UInt64, in database: any LogTransaction) throws {
        let status: KeyStatusChange.Status =
            switch record.status {
            case .active: .active
            case .retired: .retired
            case .compromised: .revoked
            }
        let change = KeyStatusChange(
            actor: record.issuer, status: status, key: try VerificationKey(spki: record.spki))
        try append(change, at: timeMilliseconds, in: database)
    }

    private func guarded<Value>(_ body: () async throws -> Value) async throws(OperationError) -> Value {
        if let trouble { throw trouble }
        do {
            return try await body()
        } catch {
            let error = OperationError(any: error)
            if error.endsTheLog { phase.withLock { $0 = .stopped(error) } }
            throw error
        }
    }
}

extension OperationError {
    /// Also what ends a check that is given up.
    package static let logChecking = OperationError(
        code: .logChecking,
        reason: "the log is still being held to what was published, and takes no events until that is done",
        hint: "send it again once GET /v1/health says `ok` for the log; codes are issued meanwhile")

    fileprivate var endsTheLog: Bool {
        [.logInconsistent, .logUnreadable, .logBehind, .logForked].contains(LogError.Code(rawValue: code))
    }

    /// Whether it is that entries are missing after a recovery: known and expected, until they are put back.
    package var isOfLogBehind: Bool { code == LogError.Code.logBehind.rawValue }
}
