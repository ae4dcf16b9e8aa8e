package import Encoding
import Gate
import Glibc
package import Issuing
package import Platform
package import Signing
package import TestSupport

/// A fresh installation in a scratch folder, opened for one test and removed with it.
package final class Installation: Sendable {
    package let state: StateDirectory
    package let folder: ScratchFolder

    /// Makes an installation whose keys are valid from `time` on, with its registry in a file or in a database.
    package init(
        _ suite: Suite = .ed25519, in folder: ScratchFolder? = nil, at time: UInt64 = 1_800_000_000,
        storage: String? = nil, settings: Settings = Settings()
    ) throws {
        self.folder = try folder ?? ScratchFolder()
        state = StateDirectory(path: self.folder("state"))
        var settings = settings
        settings.suite = suite
        settings.storage = storage ?? settings.storage
        try state.create(settings, random: SystemRandom(), at: time)
        try signLastingRoots()
    }

    /// One that `suishen init` has made in the folder `state` of a scratch folder.
    package init(madeIn folder: ScratchFolder) {
        self.folder = folder
        state = StateDirectory(path: folder("state"))
    }

    /// Puts a document 1 in place whose terms neither begin nor end for a daemon on the machine's own clock.
    private func signLastingRoots() throws {
        let root = try SigningKey(contentsOf: state.rootKeyFile)
        let bundleKey = try SigningKey(contentsOf: state.key("bundle.pem")).verificationKey
        let end: UInt64 = 4_000_000_000
        let document = try RootDocument(
            version: 1, issuedAt: 1, expiresAt: end, roots: [root.verificationKey], threshold: 1,
            bundleKeys: [BundleKey(key: bundleKey, expiresAt: end)])
        let signed = try SignedRootDocument(unsigned: document).signed(by: root)
        try folder.write(RootChain.encoded([signed]), to: "state/roots.cbor")
    }

    /// One whose daemon cuts nobody off at its end, however busy the machine is.
    package static func patient(storage: String? = nil) throws -> Installation {
        let installation = try Installation(storage: storage)
        var settings = Settings()
        settings.storage = storage ?? settings.storage
        settings.stopTimeoutSeconds = 3600
        try installation.write(settings)
        return installation
    }

    /// Puts other settings in the place of those that it was made with.
    package func write(_ settings: Settings) throws {
        try folder.write(Array(settings.text.utf8), to: "state/suishend.yaml", mode: 0o600)
    }

    /// Opens the installation, once a service that a test has just let go of has ended its last work.
    ///
    /// - Parameter clocks: the machine's clocks; nil where the test names each request's time.
    /// - Returns: the service, which holds the installation's lock.
    /// - Throws: the errors of the service's opening.
    package func open(_ clocks: MachineClocks? = nil) throws -> IssuingService {
        for _ in 0..<250 {
            do throws(OperationError) {
                return try IssuingService(state, random: SystemRandom(), clocks: clocks)
            } catch {
                guard error.code == "state_busy" else { throw error }
                usleep(20_000)
            }
        }
        return try IssuingService(state, random: SystemRandom(), clocks: clocks)
    }

    /// The registry's files by name, as a backup has them.
    package func registryFiles() throws -> [String: [UInt8]] {
        var files: [String: [UInt8]] = [:]
        for name in ["registry.sqlite", "registry.sqlite-wal"] where ProjectFiles.exists("\(state.path)/\(name)") {
            files[name] = try ProjectFiles.bytes("\(state.path)/\(name)")
        }
        return files
    }

    /// Puts a backup in the registry's place.
    package func restore(_ files: [String: [UInt8]]) throws {
        for suffix in ["", "-wal", "-shm"] { unsafe unlink(state.registry + suffix) }
        for (name, bytes) in files { try folder.write(bytes, to: "state/\(name)", mode: 0o600) }
    }

    /// What the beat says; kept and put back with the registry, as a snapshot of the whole machine has it.
    package var beat: [UInt8] {
        get throws { try ProjectFiles.bytes(state.path + ".beat") }
    }

    package func restoreBeat(_ bytes: [UInt8]) throws { try folder.write(bytes, to: "state.beat", mode: 0o600) }

    /// Every byte that the installation's registry has on disk.
    package func registryBytes() throws -> [UInt8] {
        var bytes: [UInt8] = []
        for suffix in ["", "-wal"] {
            guard let file = unsafe fopen(state.registry + suffix, "rb") else { continue }
            defer { unsafe fclose(file) }
            var chunk = [UInt8](repeating: 0, count: 1 << 16)
            while case let count = unsafe fread(&chunk, 1, chunk.count, file), count > 0 {
                bytes.append(contentsOf: chunk[..<count])
            }
        }
        return bytes
    }
}

extension IssuingService {
    /// One request at a fixed time, by a fixed user.
    package func ask(
        _ operation: IssuerOperation, _ body: JSONValue, at now: UInt64 = 1_800_000_000, key: String? = nil
    ) async throws(OperationError) -> JSONValue {
        try await perform(
            operation, body,
            by: Caller(uid: 1000, grants: .everything, nowMilliseconds: now * 1000, idempotencyKey: key))
    }

    /// Appends an event of a new object with a personal field.
    ///
    /// - Returns: the object and the entry's index.
    /// - Throws: the error of a request.
    package func appendPersonal(_ value: String) async throws -> (object: JSONValue, index: JSONValue) {
        let lift: JSONValue = ["kind": "object", "manager": "91350100M000100Y43", "category": "elevator"]
        let object = try await ask(.registerObject, lift)["subject"] ?? .null
        let event: JSONValue = ["object": object, "step": "inspecting", "personal": ["inspector": .string(value)]]
        return (object, try await ask(.appendEvent, event)["index"] ?? .null)
    }

    /// The personal values that can still be read.
    package func openedValues() async throws -> [String] {
        try await ask(.exportOpenings, [:])["openings"]?.array?.compactMap { $0["value"]?.string } ?? []
    }
}
