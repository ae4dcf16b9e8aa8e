package import Encoding
import Gate
import Glibc
import HardwareKeys
import Platform
import Signing
import Storage

/// Makes the folder of a new daemon from a running one, or brings keys that it lacks into a folder that has joined.
package struct DaemonJoining: Sendable {
    /// What joining did.
    package struct Outcome: Sendable {
        /// Whether the folder is new.
        package let isNew: Bool
        /// The names of the files that were added.
        package let added: [String]
        /// The settings that are about one machine, with their values.
        package let machineSettings: [(name: String, value: String)]
        /// Whether a key lies in a token, which this machine must reach too.
        package let needsToken: Bool
    }

    private let state: StateDirectory
    private let key: ReceivingKey

    /// Makes a key for one request.
    ///
    /// - Parameter state: a folder that is new or empty, or one that has joined before.
    /// - Throws: `state_exists`, so that no keys leave the running daemon in vain; `crypto_unavailable`.
    package init(_ state: StateDirectory) throws(OperationError) {
        self.state = state
        guard Self.hasInstallation(state) || Folder.names(in: state.path).isEmpty else { throw Self.occupied(state) }
        do {
            key = try ReceivingKey.generate(for: .ed25519)
        } catch {
            throw OperationError(error)
        }
    }

    /// The request's object for ``IssuerOperation/joinDaemon``.
    package var request: JSONValue { ["key": .string(Base64.encode(key.publicKey.spki))] }

    /// Takes the answer into the folder; a daemon may serve a folder that has joined.
    ///
    /// - Parameter answer: the running daemon's answer.
    /// - Returns: what was done.
    /// - Throws: `answer_malformed`; `root_differs` for a folder of another installation; `state_exists` for a folder with
    ///   other files; `state_unwritable`. A new folder is gone then.
    package func take(_ answer: JSONValue) throws(OperationError) -> Outcome {
        guard let sealed = SealedFiles(answer) else { throw SharedFiles.malformed }
        let files = try sealed.opened(by: key)
        guard let text = files["suishend.yaml"].flatMap({ String(validating: $0, as: UTF8.self) }) else {
            throw SharedFiles.malformed
        }
        let settings = try Settings(text: text)
        let isNew = !Self.hasInstallation(state)
        let added = try isNew ? make(files) : complete(files)
        let needsToken = files.files.contains { $0.isKey && TokenReference.isReference($0.bytes) }
        return Outcome(
            isNew: isNew, added: added, machineSettings: settings.ofMachine, needsToken: needsToken)
    }

    private static func hasInstallation(_ state: StateDirectory) -> Bool { unsafe access(state.settings, F_OK) == 0 }

    private static func occupied(_ state: StateDirectory) -> OperationError {
        OperationError(
            code: .stateExists, reason: "\(state.path) exists already and has no installation",
            hint: "name a new or an empty folder")
    }

    private func make(_ files: SharedFiles) throws(OperationError) -> [String] {
        // rmdir(2) removes only an empty folder; it is then made again with the right owner and mode.
        _ = unsafe rmdir(state.path)
        guard unsafe mkdir(state.path, 0o700) == 0 else {
            throw errno == EEXIST ? Self.occupied(state) : StateDirectory.unwritable(state.path)
        }
        do throws(OperationError) {
            for folder in ["keys", "run"] + LogName.allCases.map(\.folder)
            where unsafe mkdir("\(state.path)/\(folder)", 0o700) != 0 {
                throw StateDirectory.unwritable("\(state.path)/\(folder)")
            }
            for file in files.files { try write(file) }
            return files.files.map(\.path)
        } catch {
            Folder.remove(state.path, depthMax: 4)
            throw error
        }
    }

    /// Adds key files that are missing, and newer root documents; everything else stays as it is.
    private func complete(_ files: SharedFiles) throws(OperationError) -> [String] {
        let own = try InstallationRoots(state)
        let root: VerificationKey
        let chain: RootChain?
        do {
            root = try VerificationKey(pem: files["root.pem"] ?? [])
            chain = try files["roots.cbor"].map { try RootChain($0, root: root) }
        } catch {
            throw SharedFiles.malformed
        }
        guard own.root == root else {
            throw OperationError(
                code: .rootDiffers, reason: "\(state.path) is another installation's folder",
                hint: "name this installation's folder with --state, or a new one")
        }
        var added: [String] = []
        let present = Set(Folder.names(in: state.path + "/keys/.").map { "keys/\($0)" })
        for file in files.files where file.isKey && !present.contains(file.path) {
            try write(file)
            added.append(file.path)
        }
        // The keys come first: a document that lists a bundle key leads to its file.
        if let chain, own.chain?.newest.version ?? 0 < chain.newest.version {
            try InstallationRoots.take(chain, in: state)
            added.append("roots.cbor")
        }
        return added
    }

    private func write(_ file: SharedFiles.File) throws(OperationError) {
        let path = "\(state.path)/\(file.path)"
        do {
            try SecretFile.create(file.bytes, at: path)
        } catch {
            throw OperationError(error)
        }
        guard !file.isKey else { return }
        guard unsafe chmod(path, file.path == "suishend.yaml" ? 0o600 : 0o644) == 0 else {
            throw StateDirectory.unwritable(path)
        }
    }
}

extension Settings {
    /// The settings that are about one machine, where they are not at their default.
    fileprivate var ofMachine: [(name: String, value: String)] {
        let names: Set = [
            "storage", "tilesCredentials", "witnesses", "recoveryKey", "epochCopies", "publish", "token",
            "keyPassphrase", "socketMode", "socketGroup", "listen",
        ]
        let usual = Settings()
        return Self.fields.filter { names.contains($0.name) && $0.write(self) != $0.write(usual) }.map { field in
            let value = field.write(self).split(separator: "\n").map { String($0.trimmingSpaces) }
            return (field.name, value.joined(separator: ", "))
        }
    }
}
