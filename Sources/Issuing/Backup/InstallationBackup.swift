package import Encoding
import Glibc
import Platform
import PostgreSQLStorage
package import Signing
import Storage
import TraceLog

/// Makes an encrypted backup of an installation, while its daemon runs or not.
package enum InstallationBackup {
    /// A step of a backup, at which a test may end the process.
    package enum Step: String, Sendable, CaseIterable {
        case begun
        case registryCopied = "registry_copied"
        case filesAdded = "files_added"
        case finished
    }

    private static let fileByteCountMax = 1 << 20
    /// The name of the registry's copy in a backup.
    static let registryFile = "registry.sqlite"

    /// Makes a backup: settings, keys as they are, root documents, the registry, and the log's files up to a checkpoint.
    ///
    /// The beat and the epoch keys are left out. A registry in a database is left out too: its servers' own backups keep
    /// it.
    ///
    /// - Parameters:
    ///   - state: the installation's folder.
    ///   - path: the backup's path, where nothing may exist.
    ///   - keyFile: the recovery key's public half; nil for the one that the settings name.
    ///   - version: the version of this program.
    ///   - now: seconds since 1970.
    ///   - random: the source of the backup's key.
    ///   - credentialFolder: `$CREDENTIALS_DIRECTORY`, where a bucket's keys are a credential.
    ///   - observer: is called at each step.
    /// - Returns: the manifest.
    /// - Throws: `recovery_key_unusable`, `backup_exists`, `output_unwritable`, or an error of the installation's files.
    ///   No file is left then.
    package static func create(
        of state: StateDirectory, at path: String, to keyFile: String?, version: String, at now: UInt64,
        random: some RandomSource, credentialFolder: String? = nil, observer: (Step) -> Void = { _ in }
    ) throws(OperationError) -> JSONValue {
        do {
            let settings = try Settings(contentsOf: state.settings)
            guard let keyFile = keyFile ?? settings.recoveryKey else {
                throw OperationError(
                    code: .recoveryKeyUnusable, reason: "no recovery key is named",
                    hint: "make a pair with `suishen recovery-key new`, and set `recoveryKey`, or give --to")
            }
            let recipient = try RecoveryKey.publicKey(at: keyFile)
            let workplace = try BackupWorkplace(state)
            let writer = try BackupWriter(at: path, to: recipient, random: random)
            observer(.begun)
            let places = try LogPlaces(state, settings, credentialFolder: credentialFolder, random: random)
            let checkpoints = try LogName.allCases.compactMap { try checkpoint(of: $0, in: places) }
            var copy: String?
            let registry: RegistryExtent
            switch try RegistryPlace(state, settings) {
            case .file(let path):
                let file = try workplace.file(Self.registryFile)
                registry = try RegistryCopy.make(of: path, to: file)
                copy = file
            case .database(let address):
                registry = try PostgreSQLStore(readingOnly: address).read { try RegistryExtent(of: $0) }
            }
            observer(.registryCopied)
            for log in checkpoints where registry.entryCounts[log.name, default: 0] < log.checkpoint.size {
                throw LogError.inconsistent("the registry has fewer entries than its published checkpoint")
            }
            writer.manifest.version = version
            (writer.manifest.madeAt, writer.manifest.issuer, writer.manifest.host) = (
                now, settings.issuer, settings.host
            )
            note(registry, checkpoints, in: &writer.manifest)
            try addFiles(of: state, to: writer)
            if let copy { try writer.add(fileAt: copy, as: Self.registryFile, mode: 0o600) }
            for log in checkpoints { try add(log, of: places.files(of: log.name).tiles, to: writer) }
            observer(.filesAdded)
            try writer.finish()
            observer(.finished)
            return writer.manifest.json
        } catch {
            throw OperationError(any: error)
        }
    }

    private static func note(
        _ registry: RegistryExtent, _ checkpoints: [NewestCheckpoint], in manifest: inout BackupManifest
    ) {
        manifest.installation = registry.position?.installation
        manifest.commitCount = registry.position?.commitCount ?? 0
        manifest.bundleVersion = registry.bundleVersion
        manifest.logs = checkpoints.map { log in
            .init(
                name: log.name.folder, size: log.checkpoint.size, root: log.checkpoint.root.bytes,
                entryCount: registry.entryCounts[log.name, default: 0])
        }
    }

    /// The checkpoint is read before the registry is copied, so that the copy has every entry under it.
    ///
    /// - Returns: nil for another log than the trace log that has none yet.
    private static func checkpoint(of name: LogName, in places: LogPlaces) throws -> NewestCheckpoint? {
        guard let note = try places.files(of: name).register.head() else {
            guard name == .trace else { return nil }
            throw LogError(
                code: .logUnreadable, reason: "the published log has no checkpoint",
                hint: "start suishend once, which publishes one, then make the backup")
        }
        return NewestCheckpoint(name: name, checkpoint: try Checkpoint(note: note), note: note)
    }

    private struct NewestCheckpoint {
        let name: LogName
        let checkpoint: Checkpoint
        let note: [UInt8]
    }

    private static func addFiles(of state: StateDirectory, to writer: BackupWriter) throws {
        for name in BackupFileHead.names where name != registryFile {
            try add("\(state.path)/\(name)", as: name, mode: name == "suishend.yaml" ? 0o600 : 0o644, to: writer)
        }
        for name in Folder.names(in: state.key("").trimmingSlash) {
            try add(state.key(name), as: "keys/\(name)", mode: 0o400, to: writer)
        }
    }

    /// Adds a small file; a file that is not there is left out.
    private static func add(_ file: String, as name: String, mode: UInt16, to writer: BackupWriter) throws {
        var bytes: [UInt8]
        do throws(RegularFileError) {
            bytes = try RegularFile.read(file, byteCountMax: fileByteCountMax)
        } catch {
            if error.isAbsence { return }
            throw OperationError(
                code: .stateUnwritable, reason: "\(file) cannot be read: \(error.reason)",
                hint: "run the command as the user who owns the installation")
        }
        defer { SecretFile.wipe(&bytes) }
        try writer.add(bytes, at: name, mode: mode)
    }

    /// Adds the log's files of one checkpoint, cut out of later ones where the log has grown meanwhile.
    private static func add(
        _ newest: NewestCheckpoint, of tiles: any TileStore, to writer: BackupWriter
    ) throws {
        let folder = newest.name.folder
        let size = newest.checkpoint.size
        for kind in [TilePath.Kind.entries] + (0...TilePath.levelMax).map({ .hashes(level: $0) }) {
            var index: UInt64 = 0
            while case let width = TilePath.width(kind: kind, index: index, size: size), width > 0 {
                let path = TilePath(kind: kind, index: index, width: width)
                guard let bytes = try tiles.published(path) else {
                    throw LogError(
                        code: .logUnreadable, reason: "\(path.path) of the published log is missing",
                        hint: "start suishend, whose check says more, before the next backup")
                }
                try writer.add(bytes, at: "\(folder)/\(path.path)", mode: 0o644)
                index += 1
            }
        }
        try writer.add(newest.note, at: "\(folder)/\(PublishedCheckpoint.name)", mode: 0o644)
    }
}

extension String {
    fileprivate var trimmingSlash: String { hasSuffix("/") ? String(dropLast()) : self }
}
