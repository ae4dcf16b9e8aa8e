import ForeignCodes
import Gate
import Signing
import Storage
import TraceLog

extension IssuingService {
    /// Refuses an installation that other users own in part, or could change; call it before the opening.
    ///
    /// - Parameters:
    ///   - state: the installation's folder.
    ///   - owner: the daemon's user.
    /// - Throws: `state_permissions`.
    package static func checkPermissions(of state: StateDirectory, owner: UInt32) throws(OperationError) {
        // Settings that cannot be read have an error of their own; the beat is then looked for in its usual place.
        let settings = (try? Settings(contentsOf: state.settings)) ?? Settings()
        let beat = try? state.beat(settings).path
        let epochs = try? state.epochs(settings).path
        try StatePermissions.check(state, beat: beat, epochs: epochs, owner: owner)
    }

    /// Every error that would keep the daemon from serving an installation, and not just the first one.
    ///
    /// Nothing is changed: an earlier version can still open its registry afterwards.
    ///
    /// - Parameters:
    ///   - state: the installation's folder; it must not be in use.
    ///   - owner: the daemon's user.
    ///   - now: seconds since 1970-01-01T00:00:00Z.
    ///   - credentialFolder: `$CREDENTIALS_DIRECTORY`.
    ///   - checkSettings: the server's check of settings that are readable.
    ///   - checkSocket: the server's check of the socket's path.
    /// - Returns: an error for each problem.
    package static func mistakes(
        in state: StateDirectory, owner: UInt32, at now: UInt64, credentialFolder: String? = nil,
        checkSettings: (Settings) throws -> Void = { _ in },
        checkSocket: () throws -> Void
    ) async -> [OperationError] {
        var mistakes: [OperationError] = []
        func attempt<Value>(_ body: () async throws -> Value) async -> Value? {
            do {
                return try await body()
            } catch {
                mistakes.append(OperationError(any: error))
                return nil
            }
        }
        // Before anything is opened: opening the registry replaces the files of its write-ahead log.
        _ = await attempt { try checkPermissions(of: state, owner: owner) }
        let lock = await attempt { try state.locked() }
        // Without a lock file there is no installation, and every further check would fail for that reason.
        if mistakes.contains(where: { $0.code == "state_missing" }) { return mistakes }
        let settings = await attempt { try Settings(contentsOf: state.settings) }
        if let settings { _ = await attempt { try checkSettings(settings) } }
        let folder = KeyFolder(state, settings: settings ?? Settings(), credentialFolder: credentialFolder)
        _ = await attempt { try Self.tried(InstallationRoots(state).bundleKey(in: state, folder, at: now)) }
        _ = await attempt { try Self.tried(folder.signingKey(KeyRing.checkpointFile)) }
        for name in KeyRing.secrets { _ = await attempt { try folder.secret(name) } }
        // Keys that cannot be read are reported one by one.
        let keys = try? KeyRing(state, folder)
        if let settings, let keys { _ = await attempt { try keys.check(settings.suite) } }
        // Another process may be writing to the registry.
        let isReadable = lock != nil && !StatePermissions.isRegistryExposed(state, owner: owner)
        let registry =
            isReadable
            ? await attempt { try RegistryPlace(state, settings ?? Settings()).readingOnly() } : nil
        if let registry, let settings {
            _ = await attempt { try checkBeat(of: registry, in: state, settings) }
            _ = await attempt { try RecoveryMark.check(state, registry) }
            _ = await attempt { try checkEpochs(of: registry, in: state, settings) }
        }
        for role in KeyRole.allCases {
            _ = await attempt {
                guard let registry, let settings else {
                    return try Self.tried(folder.signingKey(role.firstFile))
                }
                let record = try registry.read { try Registry.activeKey(uses: role.uses, in: $0) }
                return try Self.tried(
                    SigningKeys(state, folder, suite: settings.suite)
                        .key(role, record, at: SigningClock(nil, newestEntryMilliseconds: 0).time(at: now * 1000)))
            }
        }
        let places = await attempt {
            let places = try settings.map {
                try LogPlaces(state, $0, credentialFolder: credentialFolder, random: SystemRandom())
            }
            try places?.check()
            return places
        }
        if let registry, let settings, let keys, let places = places ?? nil {
            _ = await attempt { try await inspectLogs(of: registry, in: places, settings, keys) }
        }
        _ = await attempt {
            guard let network = try TransitNetwork(contentsOf: state.transitNetwork), let registry else { return }
            try TransitNetworkVersion.check(network, against: registry.read { try .init(of: network, in: $0) })
        }
        if let path = settings?.witnesses, let settings, let keys {
            _ = await attempt { try checkWitnesses(at: path, settings, keys) }
        }
        if let path = settings?.publish { _ = await attempt { try PublishedTree.checkPlace(path) } }
        _ = await attempt { try checkSocket() }
        return withExtendedLifetime(lock) { needsRecovery(mistakes) ? mistakes.map(recovering) : mistakes }
    }

    private static func needsRecovery(_ mistakes: [OperationError]) -> Bool {
        mistakes.contains {
            $0.code == OperationError.Code.recoveryNeeded.rawValue && $0.hint == OperationError.recovering
        }
    }

    /// A mistake of a restored installation, with the recovery as its fix where the recovery mends it.
    private static func recovering(_ mistake: OperationError) -> OperationError {
        let hint: String
        switch OperationError.Code(rawValue: mistake.code) {
        case .beatMissing, .registryBehind: hint = OperationError.recovering
        case .epochKeysMissing:
            hint =
                OperationError.recovering
                + "; on a new machine add --key PRIVATE, which opens the copies of the epoch keys"
        default: return mistake
        }
        return OperationError(
            code: mistake.code, reason: mistake.reason, hint: hint, errorClass: mistake.errorClass,
            retrySeconds: mistake.retrySeconds)
    }

    /// A key that signs, tried with a text that is part of no format: a key in a token may be out of reach.
    private static func tried(_ key: SigningKey) throws(SigningError) -> VerificationKey {
        _ = try key.sign(Array("suishend --check-config".utf8))
        return key.verificationKey
    }

    private static func checkBeat(
        of registry: any RegistryStore, in state: StateDirectory, _ settings: Settings
    ) throws {
        let beat = try state.beat(settings)
        try BeatAdmission.check(registry.position(), beat.read(), at: beat.path)
        if let obstacle = beat.obstacle() { throw obstacle }
    }

    /// Compares every log's entries with its published files; publishes nothing.
    private static func inspectLogs(
        of registry: any RegistryStore, in places: LogPlaces, _ settings: Settings, _ keys: KeyRing
    ) async throws {
        let clock = SigningClock(nil, newestEntryMilliseconds: 0)
        let fields = try unusedFields()
        for name in LogName.allCases where try registry.read({ try $0.snapshot(of: name).isKept() }) {
            try await InstallationLog(
                name, registry, in: places, settings: settings, keys: keys, fields: fields, clock: clock
            ) { _ in }.inspect()
        }
    }

    private static func checkWitnesses(at path: String, _ settings: Settings, _ keys: KeyRing) throws {
        let key = keys.checkpoint.verificationKey
        let log = try NoteKey(name: InstallationLog.origin(of: .trace, settings), kind: .ed25519, key: key)
        _ = try WitnessFile(contentsOf: path, log: log)
    }

    /// Refuses epoch keys that are not the registry's own, or that a daemon could not follow with the next one.
    private static func checkEpochs(
        of registry: any RegistryStore, in state: StateDirectory, _ settings: Settings
    ) throws {
        let folder = try state.epochs(settings)
        let found = try folder.keys()
        try OpenedEpochs.check(registry.read { try $0.epochKeys() }, found, at: folder.path)
        if found != nil, let obstacle = folder.obstacle() { throw obstacle }
        _ = try EpochCopies(settings)
    }

    /// Keys for an inspection, which opens no field.
    private static func unusedFields() throws -> FieldKeys {
        let secret = [UInt8](repeating: 0, count: FieldEpochKey.secretByteCount)
        let epoch = try FieldEpochKey(number: 1, begunAt: 0, secret: secret)
        return FieldKeys(try EpochKeyRing([epoch]), random: SystemRandom())
    }
}
