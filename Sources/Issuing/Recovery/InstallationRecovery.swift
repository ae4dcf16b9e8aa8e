import Credential
package import Encoding
package import Signing
import Storage
import TraceLog

/// Recovers an installation that was restored from a copy, so that it may serve again.
package enum InstallationRecovery {
    /// What a recovery works with.
    package struct Sources: Sendable {
        /// The newest bundle, its status lists, the newest checkpoint and the log's files.
        let published: String
        /// Opens copies of epoch keys; nil where it is not at hand.
        let recoveryKey: ReceivingKey?
        /// The folder of copies of epoch keys; nil for the one that the settings name.
        let epochCopies: String?

        package init(published: String, recoveryKey: ReceivingKey? = nil, epochCopies: String? = nil) {
            (self.published, self.recoveryKey, self.epochCopies) = (published, recoveryKey, epochCopies)
        }
    }

    /// Recovers an installation with the newest files that it published.
    ///
    /// The service stays closed (`recovery_needed`) from the first change to the last, so that a recovery that was cut
    /// off is repeated.
    ///
    /// - Parameters:
    ///   - state: the installation's folder; no daemon may serve it.
    ///   - sources: the published files, and the copies of epoch keys.
    ///   - now: seconds since 1970.
    ///   - uid: the user who recovers, for the audit trail.
    ///   - random: the source of an identifier or a key, if the installation has none.
    ///   - credentialFolder: `$CREDENTIALS_DIRECTORY`.
    /// - Returns: a report of the changes and of the facts that are lost.
    /// - Throws: `state_missing`, `state_busy`, or an error of the published files, a key or the registry. Nothing is
    ///   changed by an error of the published files, except for the log's; other errors need another run.
    package static func run(
        _ state: StateDirectory, _ sources: Sources, at now: UInt64, by uid: UInt32, random: some RandomSource,
        credentialFolder: String? = nil
    ) async throws(OperationError) -> JSONValue {
        let lock = try state.locked()
        defer { withExtendedLifetime(lock) {} }
        do {
            try RecoveryMark.checkFile(state)
            let settings = try Settings(contentsOf: state.settings)
            let keys = try KeyRing(state, KeyFolder(state, settings: settings, credentialFolder: credentialFolder))
            try keys.check(settings.suite)
            let file = try state.beat(settings)
            let beat = try file.read()
            let opened = try open(state, settings, keys, sources, beat: beat, at: file.path, now: now, random: random)
            let (database, published) = (opened.database, opened.published)
            // An older copy of the installation would sign with a bundle key that gates no longer take.
            if let chain = published.roots { try InstallationRoots.take(chain, in: state) }
            let known = try database.position()?.installation ?? beat?.installation
            let installation = try known ?? random.bytes(RegistryPosition.installationByteCount)
            let registry = Registry(cipher: opened.cipher, random: random)
            let change = RecoveryChange(
                registry: registry, published: published,
                beat: beat ?? Beat(installation: installation), isBeatLost: beat == nil, now: now, uid: uid,
                epochs: opened.epochs)
            let outcome = try await database.write { try change.apply(in: $0) }
            var logs: [RecoveredLog] = []
            let places = try LogPlaces(state, settings, credentialFolder: credentialFolder, random: random)
            for log in published.logs {
                logs.append(try await recovered(log, in: places, settings, keys, opened))
            }
            let losses = try database.read { snapshot in
                RecoveryLosses(
                    fieldCount: try registry.lostFieldCount(in: snapshot),
                    revocationCount: try RecoveryLosses.revocationCount(
                        stated: logs.compactMap { $0.survey?.revocationCount }.reduce(0, +),
                        kept: registry.revocationCount(in: snapshot)))
            }
            var next = change.beat
            next.advance(
                by: Beat.Step(
                    commitCount: database.committedPosition?.commitCount ?? 0, bundleVersion: published.bundleVersion,
                    lists: published.issueTimes,
                    checkpoint: published.point(of: .trace), acts: published.point(of: .acts),
                    statusFloor: outcome.generalFloor))
            if beat == nil { try file.create(next) } else { try file.replace(with: next) }
            try await database.write { try $0.setRecoveryNeeded(false) }
            // What the published log had erased must be gone from the write-ahead log too.
            try database.purge()
            return outcome.json(logs, opened.epochs, losses, isBeatLost: beat == nil)
        } catch {
            throw OperationError(any: error)
        }
    }

    /// The restored registry with everything that was found for it.
    private struct Opened {
        let database: any RegistryStore
        let published: PublishedState
        let epochs: RecoveredEpochs
        let cipher: FieldCipher
    }

    private static func open(
        _ state: StateDirectory, _ settings: Settings, _ keys: KeyRing, _ sources: Sources, beat: Beat?,
        at beatPath: String, now: UInt64, random: some RandomSource
    ) throws -> Opened {
        var logs: [LogName: NoteKey] = [:]
        for name in LogName.allCases {
            logs[name] = try NoteKey(
                name: InstallationLog.origin(of: name, settings), kind: .ed25519,
                key: keys.checkpoint.verificationKey)
        }
        let folder = try state.epochs(settings)
        let source = RecoveredEpochs.Source(
            copies: sources.epochCopies ?? settings.epochCopies, key: sources.recoveryKey)
        let (database, found) = try RegistryPlace(state, settings).opening { [logs] database in
            try check(database.position(), beat, at: beatPath)
            let statusKeys = try database.read { try $0.issuerKeys() }.filter { $0.uses == KeyRole.status.uses }
            let published = try PublishedState(
                PublishedFolder(path: sources.published),
                heldTo: .init(roots: InstallationRoots(state), logs: logs, statusKeys: statusKeys, beat: beat))
            let epochs = try RecoveredEpochs(folder, of: database, from: source, at: now, random: random)
            let cipher = try FieldCipher(
                sealingKey: keys.registrySecret, digestKey: keys.digestSecret, epochs: epochs.ring, random: random)
            return (cipher, (published: published, epochs: epochs, cipher: cipher))
        }
        return Opened(
            database: database, published: found.published, epochs: found.epochs, cipher: found.cipher)
    }

    private static func recovered(
        _ log: PublishedLog, in places: LogPlaces, _ settings: Settings, _ keys: KeyRing, _ opened: Opened
    ) async throws -> RecoveredLog {
        let store = TraceLogStore(
            registry: opened.database, name: log.name, fields: opened.cipher.fields,
            headsInterval: settings.logHeadsInterval)
        let files = places.files(of: log.name)
        let publisher = try LogPublisher(
            store: store, tiles: files.tiles, register: files.register,
            origin: InstallationLog.origin(of: log.name, settings), key: keys.checkpoint)
        return try await RecoveredLog(log, into: store, by: publisher, opened.database)
    }

    /// Refuses another installation's beat, whose numbers do not apply to this one.
    private static func check(
        _ position: RegistryPosition?, _ beat: Beat?, at path: String
    ) throws(OperationError) {
        guard let position, let beat, position.installation != beat.installation else { return }
        throw OperationError(
            code: .beatForeign, reason: "the beat \(path) is another installation's",
            hint: "set `beat` in suishend.yaml to this installation's beat; if it is lost, to a path without a file")
    }
}

extension PublishedState {
    /// The lists' issue times, by their published names.
    fileprivate var issueTimes: [String: UInt64] {
        Dictionary(
            lists.map { ($0.shard == 0 ? $0.list : "\($0.list)-\($0.shard)", $0.issuedAt) }, uniquingKeysWith: max)
    }
}
