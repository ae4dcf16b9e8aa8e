import Signing
package import Storage
import Synchronization
package import TraceLog

/// One log of an installation: appends entries and publishes the log.
package final class InstallationLog: Sendable {
    /// A log's origin, a name under the issuer's host as C2SP requires.
    static func origin(of log: LogName, _ settings: Settings) -> String {
        settings.host.lowercased() + "/" + log.folder
    }

    let name: LogName
    package let store: TraceLogStore
    let files: LogFiles
    /// The published files.
    var tiles: any TileStore { files.tiles }
    /// The published checkpoint.
    package var register: any CheckpointRegister { files.register }
    /// The key that auditors check the checkpoints with.
    package let key: NoteKey
    let publishHealth = WriteHealth()
    /// Why object storage took nothing of the last publication; nil while it does.
    private let storageTrouble = Mutex<OperationError?>(nil)
    let publisher: LogPublisher
    /// The time between two publications.
    let interval: Duration
    /// The witnesses that the daemon asks; nil where the settings name none, and in a command.
    let witnesses = Mutex<LogWitnesses?>(nil)
    private let clock: SigningClock
    private let phase = Mutex(Phase.unread(thoroughly: false))

    /// The log's phase in this process; events are appended and published only in the phase `ready`.
    private enum Phase {
        /// The log is not checked yet; `thoroughly` stays set once a thorough check was requested.
        case unread(thoroughly: Bool)
        case checking(Task<[String], any Error>, since: ContinuousClock.Instant, thoroughly: Bool)
        case ready
        /// An error that was found ends all appending and publishing.
        case stopped(OperationError)
        /// The process was told to end before the check was done.
        case abandoned
    }

    /// The longest time that an append waits for a check, counted from the check's start.
    private static let checkWaitMax = Duration.seconds(3)
    private static let pollInterval = Duration.milliseconds(10)

    /// - Parameters:
    ///   - name: which of the installation's logs.
    ///   - registry: the open registry, whose file has the entries.
    ///   - files: the published files and the checkpoint.
    ///   - settings: give the log's name and the interval of heads entries.
    ///   - signingKey: the checkpoint key, Ed25519.
    ///   - fields: seals the stored openings.
    ///   - clock: says whether a checkpoint may be signed now, and hears of every entry's time.
    ///   - announce: is called with every checkpoint before its publication; an error from it stops the publication.
    /// - Throws: when the checkpoint key is not Ed25519.
    init(
        _ name: LogName, _ registry: any RegistryStore, files: LogFiles, settings: Settings, signingKey: SigningKey,
        fields: FieldKeys, clock: SigningClock,
        announce: @escaping @Sendable (Checkpoint) throws -> Void
    ) throws {
        self.name = name
        let origin = Self.origin(of: name, settings)
        store = TraceLogStore(
            registry: registry, name: name, fields: fields, headsInterval: settings.logHeadsInterval)
        self.clock = clock
        interval = .seconds(Int64(settings.checkpointSeconds))
        self.files = files
        publisher = try LogPublisher(
            store: store, tiles: files.tiles, register: files.register, origin: origin, key: signingKey,
            maySign: { try clock.check() }, announce: announce)
        key = try NoteKey(name: origin, kind: .ed25519, key: signingKey.verificationKey)
    }

    /// A log of the installation, with the installation's own keys.
    convenience init(
        _ name: LogName, _ registry: any RegistryStore, in places: LogPlaces, settings: Settings, keys: KeyRing,
        fields: FieldKeys, clock: SigningClock, announce: @escaping @Sendable (Checkpoint) throws -> Void
    ) throws {
        try self.init(
            name, registry, files: places.files(of: name), settings: settings, signingKey: keys.checkpoint,
            fields: fields, clock: clock, announce: announce)
    }

    /// The error that stopped the log; nil while there is none.
    package var trouble: OperationError? {
        if case .stopped(let error) = phase.withLock({ $0 }) { error } else { nil }
    }

    /// Why the log takes no events now; nil when it takes events, or when the first event starts its check.
    var obstacle: OperationError? {
        switch phase.withLock({ $0 }) {
        case .unread, .ready: nil
        case .checking, .abandoned: .logChecking
        case .stopped(let error): error
        }
    }

    /// What health says of the log; nil where nothing keeps it from taking and publishing events.
    var fault: OperationError? { obstacle ?? storageTrouble.withLock { $0 } }

    /// Begins to check the entries against the published checkpoint, and to finish or discard a crash's remains.
    ///
    /// One call is enough; a second call returns the running task.
    ///
    /// - Parameter thoroughly: checks every published file and not just the newest; this may take minutes, and ends
    ///   when the task is cancelled.
    /// - Returns: a task that returns notes, one line each. It throws `log_inconsistent` or `log_unreadable`, which
    ///   stop the log; `log_unwritable`, which may pass; or `log_checking` when the check was cancelled.
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
                let check = Task { try await runCheck(thoroughly: thoroughly) }
                phase = .checking(check, since: .now, thoroughly: thoroughly)
                return check
            }
        }
    }

    /// Checks the log as ``begin(thoroughly:)`` does, and waits for the result.
    @discardableResult
    package func start() async throws(OperationError) -> [String] {
        do { return try await begin(thoroughly: false).value } catch { throw OperationError(any: error) }
    }

    /// Checks the log, or waits a short time for a check that is running.
    ///
    /// - Throws: `log_checking` when the check takes longer than a request can wait, or the check's error.
    func untilReady() async throws(OperationError) {
        while case .checking(_, let since, thoroughly: true) = phase.withLock({ $0 }) {
            guard ContinuousClock.now - since < Self.checkWaitMax else { throw .logChecking }
            try? await Task.sleep(for: Self.pollInterval)
        }
        try await start()
    }

    private func runCheck(thoroughly: Bool) async throws -> [String] {
        do {
            let recovery = try await publisher.recover(thoroughly: thoroughly)
            phase.withLock { $0 = .ready }
            return recovery.lines
        } catch is CancellationError {
            phase.withLock { $0 = .abandoned }
            throw OperationError.logChecking
        } catch {
            let error = located(error)
            phase.withLock { $0 = error.endsTheLog ? .stopped(error) : .unread(thoroughly: thoroughly) }
            throw error
        }
    }

    /// Checks the entries against every published file, and changes nothing.
    ///
    /// - Throws: `log_inconsistent`, `log_unreadable`.
    func inspect() async throws(OperationError) {
        try await guarded { try await publisher.inspect() }
    }

    /// The newest checkpoint that was published, at most a moment old.
    ///
    /// - Returns: nil when no checkpoint was ever published.
    /// - Throws: `log_unreadable`.
    func publishedCheckpoint() throws -> PublishedCheckpoint? {
        try PublishedCheckpoint.read(from: files.servedRegister, tiles, of: store, key: key)
    }

    /// Publishes the entries that are on disk and not yet in a checkpoint.
    ///
    /// - Returns: the newest checkpoint's size; nil while another daemon publishes.
    /// - Throws: `log_inconsistent` or `log_unreadable`, which stop the log; `log_unwritable`, which may pass;
    ///   `clock_before_checkpoint` or `clock_jumped`, also while no entry waits, so that whoever publishes again and
    ///   again hears of the clock.
    @discardableResult
    package func publish() async throws(OperationError) -> UInt64? {
        do {
            try clock.check()
            let size = try await publishHealth.noting {
                try await start()
                return try await guarded { try await publisher.publish() }
            }
            storageTrouble.withLock { $0 = nil }
            return size
        } catch {
            let error = OperationError(any: error)
            if error.isOfStorage { storageTrouble.withLock { $0 = error } }
            throw error
        }
    }

    /// States every object's newest entry, if anything was appended since the last statement, and publishes.
    ///
    /// While another daemon publishes, it does nothing.
    ///
    /// Nothing is signed unless the entries were checked against the published log.
    package func finish(atMilliseconds now: UInt64) async throws(OperationError) {
        guard case .ready = phase.withLock({ $0 }) else { return }
        // This finishes a statement that is still being made; the last statement must follow it.
        guard try await publish() != nil else { return }
        let time = try clock.time(at: now)
        try await guarded { try await store.stateHeads(at: time.milliseconds) }
        try await publish()
    }

    func append(
        _ request: EventRequest, at timeMilliseconds: UInt64, in database: any LogTransaction
    ) throws -> (answer: AppendAnswer, isNew: Bool) {
        let outcome = try store.append(request, at: timeMilliseconds, in: database)
        if outcome.isNew { clock.noteEntry(atMilliseconds: timeMilliseconds) }
        return outcome
    }

    func append(
        _ signed: SignedEvents, at timeMilliseconds: UInt64, in database: any LogTransaction
    ) throws -> (answers: [AppendAnswer], isNew: Bool) {
        let outcome = try store.append(signed, at: timeMilliseconds, in: database)
        if outcome.isNew { clock.noteEntry(atMilliseconds: signed.recordedAtMilliseconds) }
        return outcome
    }

    /// Appends a change of a key's status to the log's own chain.
    func append(
        _ change: KeyStatusChange, at timeMilliseconds: UInt64, in database: any LogTransaction
    ) throws {
        _ = try append(
            EventRequest(object: .log, event: .keyStatus(change), actor: ""), at: timeMilliseconds, in: database)
    }

    func erase(
        _ erasure: TraceErasure, at timeMilliseconds: UInt64, in database: any LogTransaction
    ) throws -> AppendAnswer {
        let answer = try store.erase(erasure, at: timeMilliseconds, in: database)
        clock.noteEntry(atMilliseconds: timeMilliseconds)
        return answer
    }

    /// Appends the new status of an issuer's key.
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

    /// Ends all appending and publishing.
    func stop(_ error: OperationError) {
        phase.withLock { phase in
            if case .stopped = phase { return }
            phase = .stopped(error)
        }
    }

    var isReady: Bool { if case .ready = phase.withLock({ $0 }) { true } else { false } }

    /// The error with the log's folder, since messages about files name their paths in it.
    private func located(_ error: any Error) -> OperationError {
        let found = OperationError(any: error)
        guard name != .trace, error is LogError else { return found }
        return OperationError(
            code: found.code, reason: "in \(name.folder)/: \(found.reason)", hint: found.hint,
            errorClass: found.errorClass, retrySeconds: found.retrySeconds)
    }

    func guarded<Value>(_ body: () async throws -> Value) async throws(OperationError) -> Value {
        if let trouble { throw trouble }
        do {
            return try await body()
        } catch {
            let error = located(error)
            if error.endsTheLog { phase.withLock { $0 = .stopped(error) } }
            throw error
        }
    }
}
