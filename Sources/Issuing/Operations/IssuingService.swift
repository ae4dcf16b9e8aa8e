import Credential
package import Encoding
package import Platform
package import Signing
package import Storage
import Synchronization
import TraceLog

/// Carries out every operation of an issuer on one registry, for the daemon and for commands alike.
///
/// A request is a JSON object; its answer leaves only after the change is on disk.
package final class IssuingService: Sendable {
    package let settings: Settings
    package let keys: KeyRing
    let keyFolder: KeyFolder
    let signingKeys: SigningKeys
    package let database: any RegistryStore
    package let registry: Registry
    package let log: InstallationLog
    let acts: ActsLog
    let signingClock: SigningClock
    let beat: BeatKeeper
    let epochs: EpochKeeper
    let writeHealth = WriteHealth()
    /// Of the lease's renewals, which find out without any request that the tables are a later version's.
    let leaseHealth = WriteHealth()
    let beatHealth = WriteHealth()
    let actsHealth = WriteHealth()
    /// Notes about the opening, one line each.
    package let notes: [String]
    let state: StateDirectory
    let random: any RandomSource
    /// Makes one bundle at a time, so that the bundle with the higher version was read later.
    let exports = WorkInTurn(label: "bundle.export")
    let issuances = WorkInTurn(label: "issuances")
    let leases = WorkInTurn(label: "lease")
    let readings = ReadingTurns()
    let keptLists = KeptStatusLists()
    let sharedChanges = SharedChanges()
    let treeReader = TreeReader()
    let keysReader = PublishedKeysReader()
    /// Counts the changes after which a gate's published keys may be another file.
    let gateChanges = Atomic<UInt64>(0)
    /// When acts, trail and issued codes were last brought up to date, in seconds since 1970; 0 before.
    let actsKeptAt = Atomic<UInt64>(0)
    /// When ended codes and lines of the trail were last dropped, in seconds since 1970; 0 before.
    let retainedAt = Atomic<UInt64>(0)
    let lookedAt = Mutex(LookedAt())
    /// Whether erased bytes may still be in the registry's write-ahead log.
    let isPurgeDue = Atomic<Bool>(false)
    package let treeHealth = TreeHealth()
    let refusals = RefusalTally()
    let proofNonces: ProofNonces
    let walletRates = WalletRates()
    let dualRequests = DualRequests()
    let trailReadings = TrailReadings()
    let currentRoles: Mutex<RoleTable>
    private let lock: LockedFile

    /// Opens an installation for this process alone.
    ///
    /// - Parameters:
    ///   - state: a folder that `suishen init` made.
    ///   - random: the source of identifiers, indices and nonces.
    ///   - clocks: the clocks that callers' times come from; while they are wrong nothing is signed. Nil where callers
    ///     name a time of their own.
    ///   - credentialFolder: `$CREDENTIALS_DIRECTORY`; nil outside a unit of systemd.
    /// - Throws: `state_missing`, `state_busy`, an error of the beat such as `registry_behind`, or an error of a key,
    ///   the settings or the registry.
    package init(
        _ state: StateDirectory, random: any RandomSource, clocks: MachineClocks? = nil, credentialFolder: String? = nil
    ) throws(OperationError) {
        lock = try state.locked()
        do {
            // A restore that was cut off has left files out.
            try RecoveryMark.checkFile(state)
            settings = try Settings(contentsOf: state.settings)
            currentRoles = Mutex(settings.roles)
            keyFolder = KeyFolder(state, settings: settings, credentialFolder: credentialFolder)
            keys = try KeyRing(state, keyFolder)
            try keys.check(settings.suite)
            signingKeys = SigningKeys(state, keyFolder, settings: settings)
            let beatPlace = try state.beat(settings, credentialFolder: credentialFolder, random: random)
            let epochPlace = try state.epochs(
                settings, registrySecret: keys.registrySecret, credentialFolder: credentialFolder, random: random)
            let copies = try EpochCopies(settings)
            let now = (clocks?.wallMilliseconds() ?? 0) / 1000
            let (database, found) = try RegistryPlace(state, settings).opening { [keys] found in
                try RecoveryMark.check(state, found)
                let opened = try OpenedBeat(beatPlace, of: found, random: random)
                let epochs = try OpenedEpochs(epochPlace, of: found, at: now, random: random)
                let cipher = try FieldCipher(
                    sealingKey: keys.registrySecret, digestKey: keys.digestSecret, epochs: epochs.ring,
                    random: random)
                return (cipher, (opened: opened, epochs: epochs, cipher: cipher))
            }
            let (opened, epochs, cipher) = found
            self.database = database
            // Daemons behind one address take each other's nonces.
            proofNonces = try ProofNonces(
                key: database.lease == nil ? nil : ProofNonces.key(of: keys.digestSecret), random: random)
            // Without the lease, or without the database, this process follows.
            try? database.lease?.renew()
            self.epochs = EpochKeeper(epochs, copies: copies, random: random)
            if database.committedPosition == nil { try database.beginPosition(of: opened.beat.installation) }
            notes = [opened.note, epochs.note].compactMap(\.self)
            beat = BeatKeeper(opened.place, holding: opened.beat) { [database] in
                database.committedPosition?.commitCount ?? 0
            }
            let registry = Registry(cipher: cipher, random: random)
            try database.changeAtOpening {
                try Registry.noteEpochKeys(epochs.ring.keys, in: $0)
                try registry.voidOpenBlocks(in: $0)
                if opened.beat.checkpoint != nil { try TraceLogStore.recordPublication(of: .trace, $0) }
                if opened.beat.acts != nil { try TraceLogStore.recordPublication(of: .acts, $0) }
            }
            self.registry = registry
            let newest = try database.read { snapshot in
                try LogName.allCases.compactMap { try snapshot.snapshot(of: $0).newestEntry()?.recordedAtMilliseconds }
                    .max() ?? 0
            }
            signingClock = SigningClock(clocks, newestEntryMilliseconds: newest)
            let places = try LogPlaces(state, settings, credentialFolder: credentialFolder, random: random)
            log = try InstallationLog(
                .trace, database, in: places, settings: settings, keys: keys, fields: cipher.fields, clock: signingClock
            ) { [beat] in try beat.reachBlocking(Beat.Step(checkpoint: Beat.LogPoint($0))) }
            let actsLog = try InstallationLog(
                .acts, database, in: places, settings: settings, keys: keys, fields: cipher.fields, clock: signingClock
            ) { [beat] in try beat.reachBlocking(Beat.Step(acts: Beat.LogPoint($0))) }
            acts = ActsLog(log: actsLog, clock: signingClock, random: random)
        } catch {
            throw OperationError(any: error)
        }
        self.state = state
        self.random = random
    }

    /// Calls `handler` at the first commit with an unknown outcome, before any caller is answered.
    package func onUnknownCommit(_ handler: @escaping @Sendable (OperationError) -> Void) {
        database.onUnknownOutcome { handler(OperationError($0)) }
    }

    /// Carries out one request, or none of it.
    ///
    /// - Parameters:
    ///   - operation: the operation.
    ///   - body: the request's object; unknown members are refused.
    ///   - caller: the user who asks, for the audit trail, and the idempotency key.
    /// - Returns: the answer, once it is durable; the first answer again for a repeated idempotency key.
    /// - Throws: a refusal with its code. The change stands after `signing_failed`, `erase_incomplete` and
    ///   `beat_unwritable`; after any other error nothing was changed.
    package func perform(
        _ operation: IssuerOperation, _ body: JSONValue, by caller: Caller
    ) async throws(OperationError) -> JSONValue {
        try await answer(operation, RequestFields(body, operation: operation), by: caller).json
    }

    /// Carries out one request, or none of it, and returns the answer in the form that is sent.
    package func answer(
        _ operation: IssuerOperation, _ request: RequestFields, by caller: Caller
    ) async throws(OperationError) -> OperationAnswer {
        try await begin(operation, request, by: caller).answer()
    }

    /// Begins one line of a batch; changes are made in the order in which they were begun.
    ///
    /// - Parameters:
    ///   - operation: the operation.
    ///   - line: the request's object as JSON.
    ///   - byteCountMax: the most bytes of a line.
    ///   - caller: the user who asks.
    /// - Returns: the request, which is not answered yet.
    /// - Throws: a refusal with its code; nothing was changed.
    package func begin(
        _ operation: IssuerOperation, line: [UInt8], byteCountMax: Int, by caller: Caller
    ) async throws(OperationError) -> BegunRequest {
        // With one key for many lines, the second line would get the first line's answer.
        guard caller.idempotencyKey == nil else { throw OperationError.keyMisplaced }
        let body: JSONValue
        do {
            body = try JSONValue.parse(line, byteCountMax: byteCountMax)
        } catch {
            throw OperationError(request: error)
        }
        return try await begin(operation, RequestFields(body, operation: operation), by: caller, isLine: true)
    }

    /// Begins a request; one that a second operator has to confirm is kept until then, unless it is confirmed.
    func begin(
        _ operation: IssuerOperation, _ request: RequestFields, by caller: Caller, isLine: Bool = false,
        isConfirmed: Bool = false
    ) async throws(OperationError) -> BegunRequest {
        do {
            try signingClock.meet(operation.clockNeed, at: caller.nowMilliseconds)
            if !isConfirmed, let answer = try await askForConfirmation(operation, request, by: caller) {
                return BegunRequest(codeCount: 1) { answer }
            }
            switch operation.action {
            case .inquiry(let inquiry):
                guard caller.idempotencyKey == nil else { throw OperationError.keyMisplaced }
                let answer = try await inquiry(self, request, caller)
                return BegunRequest(codeCount: request.codeCount) { answer }
            case .reading(let reading, let subject):
                guard caller.idempotencyKey == nil else { throw OperationError.keyMisplaced }
                if let subject = try subject(self, request, caller) {
                    try await database.write { [registry] in
                        try registry.audit(
                            by: caller.identity, action: operation.name, subject: subject, at: caller.now, in: $0)
                    }
                }
                let answer = try await readings.run(of: caller.identity) { try await reading(self, request, caller) }
                return BegunRequest(codeCount: request.codeCount) { answer }
            case .change(let preparation):
                if operation.isLogged { try await log.untilReady() }
                let change = try preparation(self, request, caller)
                let write = submit(change, operation, request, by: caller, isLine: isLine)
                return BegunRequest(codeCount: request.codeCount) {
                    let answer = try await self.writeHealth.noting { try await write.value() }
                    try operation.settle?(self)
                    try await self.coverBeat(of: operation)
                    return try answer()
                }
            }
        } catch {
            throw OperationError(any: error)
        }
    }

    /// Submits a change with its audit line and its idempotency key; the result makes the answer.
    private func submit(
        _ change: @escaping IssuerOperation.Change, _ operation: IssuerOperation, _ request: RequestFields,
        by caller: Caller, isLine: Bool
    ) -> SubmittedWrite<@Sendable () throws -> OperationAnswer> {
        let key = operation.keepsKeysItself ? nil : caller.idempotencyKey
        let fingerprint = key.map { _ in Self.fingerprint(operation, request) } ?? []
        func reads() -> ForeseenReads {
            var reads = operation.foresees(self, request, caller)
            if let key {
                reads.answerKeys = [
                    registry.kept(key, of: caller.identity), registry.keptEarlier(key, of: caller.identity),
                ]
            }
            return reads
        }
        return database.submit(isLine: isLine, reads: reads()) { [registry, keptLists] database in
            if let key,
                let first = try registry.answer(
                    toKey: key, of: caller.identity, request: fingerprint, at: caller.now, in: database)
            {
                return { OperationAnswer(bytes: first, type: OperationAnswer.jsonType) }
            }
            let outcome = try change(database)
            if let subject = outcome.subject {
                try registry.audit(
                    by: caller.identity, action: operation.name, subject: subject, detail: outcome.detail,
                    at: caller.now,
                    in: database)
                if operation.beatNeed == .change { try keptLists.noteChange(in: database) }
            }
            guard let key, outcome.subject != nil else { return { OperationAnswer(json: try outcome.answer()) } }
            let answer = OperationAnswer(json: try outcome.answer())
            try registry.remember(
                answer: answer.bytes, toKey: key, of: caller.identity, request: fingerprint, at: caller.now,
                in: database)
            return { answer }
        }
    }

    /// The bytes that two requests for exactly the same have in common.
    static func fingerprint(_ operation: IssuerOperation, _ request: RequestFields) -> [UInt8] {
        var bytes = Array(operation.name.utf8) + [0]
        JSONValue.object(request.object).appendEncoded(to: &bytes)
        return bytes
    }
}
