import Foundation
import Glibc
package import Platform
package import Signing
import Storage
import TraceLog

/// The folder of an installation: settings, keys, registry, log and socket.
package struct StateDirectory: Sendable {
    package let path: String

    package init(path: String) {
        self.path = path
    }

    package var settings: String { path + "/suishend.yaml" }
    package var registry: String { path + "/registry.sqlite" }
    package var log: String { folder(of: .trace) }
    /// The file of the transit network whose codes this installation's gates accept; an operator may put it there.
    package var transitNetwork: String { path + "/transit-network.json" }
    package var lock: String { path + "/run/lock" }
    package var socket: String { path + "/run/suishend.sock" }

    /// The folder of a log's published files.
    func folder(of log: LogName) -> String { path + "/" + log.folder }

    /// A key file's path; private keys end in `.pem`, secrets in `.key`.
    package func key(_ name: String) -> String { "\(path)/keys/\(name)" }

    /// Makes a new installation: beat, folders, keys, settings and an empty registry.
    ///
    /// - Parameters:
    ///   - settings: the content of the settings file.
    ///   - random: the source of the secrets.
    ///   - now: seconds since 1970-01-01T00:00:00Z; the keys are valid from this time.
    ///   - credentialFolder: `$CREDENTIALS_DIRECTORY`, where a PIN or a passphrase is a credential.
    /// - Throws: `state_exists` when the path exists and is not an empty folder, which leaves it untouched;
    ///   `beat_exists` or `epoch_keys_exist` when these exist already. After any other error no file is left behind.
    package func create(
        _ settings: Settings, random: some RandomSource, at now: UInt64, credentialFolder: String? = nil
    ) throws(OperationError) {
        // rmdir(2) removes only an empty folder; it is then made again with the right owner and mode.
        _ = unsafe rmdir(path)
        guard unsafe mkdir(path, 0o700) == 0 else {
            throw errno == EEXIST
                ? OperationError(
                    code: .stateExists, reason: "\(path) exists already",
                    hint: "name a new or an empty folder")
                : Self.unwritable(path)
        }
        var beat: BeatFile?
        var epochs: EpochFolder?
        var registry: (place: RegistryPlace, installation: [UInt8])?
        let keyFolder = KeyFolder(self, settings: settings, credentialFolder: credentialFolder)
        var made: [KeyFolder.NewKey] = []
        do {
            let places = try LogPlaces(self, settings, credentialFolder: credentialFolder, random: random)
            try places.requireUnused()
            let installation = try random.bytes(RegistryPosition.installationByteCount)
            let file = try self.beat(settings)
            try file.create(Beat(installation: installation))
            beat = file
            let epochFolder = try self.epochs(settings)
            let epochKey = try FieldEpochKey.make(number: 1, at: now, random: random)
            try epochFolder.create(with: epochKey)
            epochs = epochFolder
            let folders = ["keys", "run"] + LogName.allCases.map(\.folder)
            for folder in folders where unsafe mkdir("\(path)/\(folder)", 0o700) != 0 {
                throw Self.unwritable("\(path)/\(folder)")
            }
            let records = try makeKeys(settings, in: keyFolder, random: random, at: now, made: &made)
            // The settings are not secret, but they need the same exclusive, synced write.
            try SecretFile.create(Array(settings.text.utf8), at: self.settings)
            guard unsafe chmod(self.settings, 0o600) == 0 else { throw Self.unwritable(self.settings) }
            let place = try RegistryPlace(self, settings)
            try place.create(trusting: records, epochKeys: [epochKey], installation: installation)
            registry = (place, installation)
            // Comes last: what is published is taken back only when publishing itself fails.
            try places.publishEmptyLogs(settings, key: keyFolder.signingKey(KeyRing.checkpointFile))
        } catch {
            registry.map { $0.place.withdraw($0.installation) }
            made.forEach(keyFolder.discard)
            try? FileManager.default.removeItem(atPath: path)
            if let beat { unsafe unlink(beat.path) }
            epochs?.remove()
            throw OperationError(any: error)
        }
    }

    /// Makes every key and secret of a new installation.
    ///
    /// - Parameters:
    ///   - settings: the installation's settings.
    ///   - folder: where the keys go.
    ///   - random: the source of the secrets.
    ///   - now: seconds since 1970-01-01T00:00:00Z.
    ///   - made: gets each key, so that all can be discarded after an error.
    /// - Returns: the keys that gates are to trust.
    /// - Throws: the error of a file or of the token.
    private func makeKeys(
        _ settings: Settings, in folder: KeyFolder, random: some RandomSource, at now: UInt64,
        made: inout [KeyFolder.NewKey]
    ) throws -> [IssuerKeyRecord] {
        let root = try SigningKey.generate(settings.suite.algorithm)
        // The root is for a machine without network: it is never made in the daemon's token.
        try folder.write(KeyFolder.NewKey(key: root, uri: nil), to: KeyRing.rootFile)
        let first = try FirstRootDocument(root: root, in: folder, at: now)
        made.append(first.bundleKey)
        try first.write(to: self, folder)
        var records: [IssuerKeyRecord] = []
        for kind in KeyRing.signingKeys(of: settings.suite) where !KeyRing.rootFiles.contains(kind.name) {
            let new = try folder.generate(kind.algorithm, role: String(kind.name.dropLast(".pem".count)))
            made.append(new)
            try folder.write(new, to: kind.name)
            let key = new.key.verificationKey
            guard !kind.uses.isEmpty else { continue }
            records.append(
                IssuerKeyRecord(
                    keyIdentifier: key.keyIdentifier, issuer: settings.issuer, spki: key.spki, uses: kind.uses,
                    notBefore: now, expiresAt: now + settings.keyLifetimeDays * 86_400, status: .active))
        }
        try SettlementKey.make(in: folder, suite: settings.suite)
        for name in KeyRing.secrets {
            var secret = try random.bytes(KeyRing.secretByteCount)
            defer { SecretFile.wipe(&secret) }
            try folder.write(secret: secret, to: name)
        }
        return records
    }

    /// The key that auditors check the trace log with, in C2SP's format of a verifier key.
    package func logKey(of settings: Settings, credentialFolder: String? = nil) throws(OperationError) -> String {
        try key(of: .trace, settings, credentialFolder: credentialFolder)
    }

    /// The key that auditors check a log with, in C2SP's format of a verifier key.
    func key(
        of log: LogName, _ settings: Settings, credentialFolder: String? = nil
    ) throws(OperationError) -> String {
        do {
            let key = try KeyFolder(self, settings: settings, credentialFolder: credentialFolder)
                .signingKey(KeyRing.checkpointFile)
            return try NoteKey(
                name: InstallationLog.origin(of: log, settings), kind: .ed25519, key: key.verificationKey
            ).vkey
        } catch {
            throw OperationError(any: error)
        }
    }

    /// The settings of the installation.
    ///
    /// - Throws: `state_missing` for a folder that is not there, or the error of the settings.
    package func readSettings() throws(OperationError) -> Settings {
        guard unsafe access(path, F_OK) == 0 || errno != ENOENT else { throw missing }
        return try Settings(contentsOf: settings)
    }

    /// Locks the installation for this process alone, until the returned value is released.
    ///
    /// - Throws: `state_missing`, or `state_busy` when another process holds the lock.
    package func locked() throws(OperationError) -> LockedFile {
        let descriptor = unsafe open(lock, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
        guard descriptor >= 0 || errno == ENOENT || errno == ENOTDIR else { throw Self.unwritable(lock) }
        guard descriptor >= 0 else { throw missing }
        let file = LockedFile(descriptor, at: lock)
        do throws(LockedFileError) {
            try file.lock(timeoutMilliseconds: 0)
        } catch {
            guard error == .busy else { throw Self.unwritable(lock, error.reason) }
            throw OperationError(
                code: .stateBusy, reason: "another process is using \(path)",
                hint: "use the daemon with --socket, or wait until the other command has ended")
        }
        return file
    }

    var missing: OperationError {
        OperationError(
            code: .stateMissing, reason: "there is no installation at \(path)",
            hint: "make an installation with `suishen init --state DIR`, or name the right folder with --state")
    }

    private static func unwritable(_ path: String) -> OperationError {
        unwritable(path, unsafe String(cString: strerror(errno)))
    }

    private static func unwritable(_ path: String, _ reason: String) -> OperationError {
        OperationError(
            code: .stateUnwritable,
            reason: "\(path) cannot be made or written: \(reason)",
            hint: "check the disk, the parent folder and its permissions")
    }
}
