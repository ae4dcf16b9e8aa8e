import ObjectStorage
import Signing
import Storage

/// Where the published files of an installation's logs lie: in its folder, or in the bucket that the settings name.
struct LogPlaces: Sendable {
    private let logs: [LogName: LogFiles]
    private let bucket: Bucket?
    private let state: StateDirectory

    /// The bucket's stores, for what only a bucket needs.
    private struct Bucket: Sendable {
        let location: String
        let probe: S3Probe
        let stores: [LogName: S3TileStore]
        let registers: [LogName: S3CheckpointRegister]
    }

    /// - Parameters:
    ///   - state: the installation's folder.
    ///   - settings: name the bucket.
    ///   - credentialFolder: `$CREDENTIALS_DIRECTORY`, where the bucket's keys are a credential.
    ///   - random: names the objects that the service is tried with.
    /// - Throws: `tiles_credentials`, `settings_invalid`, or the error of the credentials' file.
    init(
        _ state: StateDirectory, _ settings: Settings, credentialFolder: String?, random: any RandomSource
    ) throws {
        self.state = state
        guard let location = settings.tiles.location else {
            bucket = nil
            logs = Dictionary(
                uniqueKeysWithValues: LogName.allCases.map { ($0, LogFiles(folder: state.folder(of: $0))) })
            return
        }
        let client = try settings.tiles.client(for: location, credentialFolder: credentialFolder)
        let probe = S3Probe(client, random: random)
        var stores: [LogName: S3TileStore] = [:]
        var registers: [LogName: S3CheckpointRegister] = [:]
        var logs: [LogName: LogFiles] = [:]
        for name in LogName.allCases {
            let store = S3TileStore(client, folder: name.folder, probe: probe)
            let register = S3CheckpointRegister(client, folder: name.folder, probe: probe)
            (stores[name], registers[name]) = (store, register)
            logs[name] = LogFiles(
                tiles: store, register: register, servedTiles: S3ServedTiles(store),
                servedRegister: S3ServedCheckpoint(register))
        }
        self.logs = logs
        bucket = Bucket(location: location, probe: probe, stores: stores, registers: registers)
    }

    /// The files of a log.
    func files(of name: LogName) -> LogFiles {
        // Every log has its files; the folder is what a missing one would have.
        logs[name] ?? LogFiles(folder: state.folder(of: name))
    }

    /// Tries whether the service keeps what the log depends on; a folder needs no trial.
    ///
    /// - Throws: `tiles_unsafe`, `tiles_refused` or `log_unwritable`.
    func check() throws {
        try bucket?.probe.check()
    }

    /// Refuses a bucket in which another log has files already; a new installation's folder is always empty.
    ///
    /// - Throws: `state_exists`, or an error of the service.
    func requireUnused() throws {
        guard let bucket else { return }
        try check()
        for store in bucket.stores.values where try !store.list("").isEmpty {
            throw OperationError(
                code: .stateExists, reason: "\(bucket.location) has files of a log already",
                hint: "name a prefix that no log has used")
        }
    }

    /// Publishes the empty logs of a new installation, all or none.
    ///
    /// - Throws: `log_inconsistent` when a log has a checkpoint already, which stays; an error of the store.
    func publishEmptyLogs(_ settings: Settings, key: SigningKey) throws {
        var published: [LogName] = []
        do {
            for log in LogName.allCases {
                published.append(log)
                try LogPublisher.publishEmptyLog(
                    in: files(of: log).register, origin: InstallationLog.origin(of: log, settings), key: key)
            }
        } catch {
            // The checkpoint that is there is somebody else's.
            if (error as? LogError)?.code == .logInconsistent { published.removeLast() }
            for log in published { bucket?.registers[log]?.withdraw() }
            throw error
        }
    }
}
