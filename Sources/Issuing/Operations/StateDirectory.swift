import Foundation
import Glibc
package import Signing
import Storage
import TraceLog

/// The folder an installation lives in: settings, keys, registry, log and socket.
package struct StateDirectory: Sendable {
    package let path: String

    package init(path: String) {
        self.path = path
    }

    package var settings: String { path + "/suishend.yaml" }
    package var registry: String { path + "/registry.sqlite" }
    package var log: String { path + "/log" }
    /// Whose transit codes this installation's gates take; there only where an operator put it.
    package var transitNetwork: String { path + "/transit-network.json" }
    package var lock: String { path + "/run/lock" }
    package var socket: String { path + "/run/suishend.sock" }

    /// A key file's path; private keys end in `.pem`, secrets in `.key`.
    package func key(_ name: String) -> String { "\(path)/keys/\(name)" }

    /// Makes a new installation: beat, folders, keys, settings and an empty registry.
    ///
    /// - Parameters:
    ///   - settings: what the settings file says.
    ///   - random: where the secrets come from.
    ///   - now: seconds since 1970-01-01T00:00:00Z; the keys count from here.
    /// - Throws: `state_exists` when anything but an empty folder is at the path already, which is not touched then;
    ///   `beat_exists` where a beat is there already; after any other failure nothing is left there.
    package func create(_ settings: Settings, random: some RandomSource, at now: UInt64) throws(OperationError) {
        // An empty folder, and nothing else, can be removed so that it is made anew with the right owner and mode.
        _ = unsafe rmdir(path)
        guard unsafe mkdir(path, 0o700) == 0 else {
            throw errno == EEXIST
                ? OperationError(
                    code: .stateExists, reason: "\(path) is there already",
                    hint: "name a folder that is new or empty")
                : Self.unwritable(path)
        }
        var beat: BeatFile?
        do {
            let installation = try random.bytes(RegistryPosition.installationByteCount)
            let file = try self.beat(settings)
            try file.create(Beat(installation: installation))
            beat = file
            for folder in ["keys", "log", "run"] where unsafe mkdir("\(path)/\(folder)", 0o700) != 0 {
                throw Self.unwritable("\(path)/\(folder)")
            }
            var records: [IssuerKeyRecord] = []
            for kind in KeyRing.signingKeys(of: settings.suite) {
                let key = try SigningKey.generate(kind.algorithm)
                try key.write(to: self.key(kind.name))
                guard !kind.uses.isEmpty else { continue }
                records.append(
                    IssuerKeyRecord(
                        keyIdentifier: key.verificationKey.keyIdentifier, issuer: settings.issuer,
                        spki: key.verificationKey.spki, uses: kind.uses, notBefore: now,
                        expiresAt: now + settings.keyLifetimeDays * 86_400, status: .active))
            }
            for name in KeyRing.secrets {
                try SecretFile.create(random.bytes(KeyRing.secretByteCount), at: key(name))
            }
            // The settings hold no secret, but they are made by the same exclusive, synced write.
            try SecretFile.create(Array(settings.text.utf8), at: self.settings)
            guard unsafe chmod(self.settings, 0o600) == 0 else { throw Self.unwritable(self.settings) }
            try RegistryDatabase.create(

                at: registry, trusting: records, installation: installation, isLogPublished: true)
            try LogPublisher.publishEmptyLog(
                in: LogDirectory(path: log), origin: InstallationLog.origin(of: settings),
                key: SigningKey(contentsOf: self.key(KeyRing.checkpointFile)))
        } catch {
            try? FileManager.default.removeItem(atPath: path)
            if let beat { unsafe unlink(beat.path) }
            throw OperationError(any: error)
        }
    }

    /// What auditors hold the log to, in C2SP's form of a verifier key.
    package func logKey(of settings: Settings) throws(OperationError) -> String {
        do {
            let key = try SigningKey(contentsOf: key(KeyRing.checkpointFile))
            return try NoteKey(
                name: InstallationLog.origin(of: settings), kind: .ed25519, key: key.verificationKey
            ).vkey
        } catch {
            throw OperationError(any: error)
        }
    }

    /// Takes the installation for this process alone, until the value is let go of.
    ///
    /// - Throws: `state_missing`, `state_busy` when another process has it.
    package func locked() throws(OperationError) -> StateLock {
        let descriptor = unsafe open(lock, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
        guard descriptor >= 0 || errno == ENOENT || errno == ENOTDIR else { throw Self.unwritable(lock) }
        guard descriptor >= 0 else { throw missing }
        guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
            close(descriptor)
            throw OperationError(
                code: .stateBusy, reason: "another process works on \(path)",
                hint: "talk to the daemon with --socket, or wait until the other command has ended")
        }
        return StateLock(descriptor: descriptor)
    }

    var missing: OperationError {
        OperationError(
            code: .stateMissing, reason: "there is no installation at \(path)",
            hint: "make one with `suishen init --state DIR`, or name the right folder with --state")
    }

    private static func unwritable(_ path: String) -> OperationError {
        OperationError(
            code: .stateUnwritable,
            reason: "\(path) cannot be made or written: \(unsafe String(cString: strerror(errno)))",
            hint: "check the disk, the folder it is in, and their permissions")
    }
}

/// Holds the advisory lock on an installation; the kernel lets go of it when the process ends, however it ends.
package final class StateLock: Sendable {
    private let descriptor: Int32

    fileprivate init(descriptor: Int32) {
        self.descriptor = descriptor
    }

    deinit {
        close(descriptor)
    }
}
