import Glibc
package import HardwareKeys
import Platform
import Signing

/// Wraps the key files of an installation under a passphrase, and unwraps them; no daemon may serve it meanwhile.
///
/// Each file changes in one step. Whenever the process ends, each key is there in exactly one form.
package struct KeyWrapping {
    /// What became of a file.
    package enum Outcome: String, Sendable {
        case wrapped, rewrapped, unwrapped, unchanged
        /// The file says which key of a token is meant, and holds no secret.
        case inToken = "in_token"
    }

    private let state: StateDirectory
    private let passphrase: KeyPassphrase
    private let lock: LockedFile

    private static let temporarySuffix = ".new"

    /// Takes the installation for this process alone.
    ///
    /// - Parameters:
    ///   - state: the installation's folder.
    ///   - settings: name the place of the passphrase.
    ///   - credentialFolder: `$CREDENTIALS_DIRECTORY`.
    /// - Throws: `state_busy`, `state_missing`, `passphrase_unusable`, or the error of the passphrase's file.
    package init(_ state: StateDirectory, settings: Settings, credentialFolder: String?) throws(OperationError) {
        guard let source = settings.keyPassphrase else {
            throw OperationError(
                code: .settingsInvalid, reason: "the settings name no passphrase",
                hint: "set keyPassphrase in suishend.yaml to file:/PATH or credential:NAME first")
        }
        lock = try state.locked()
        self.state = state
        do {
            passphrase = try source.passphrase(credentialFolder: credentialFolder)
        } catch {
            throw Self.told(error, path: nil)
        }
        for name in Folder.names(in: folder) where name.hasSuffix(Self.temporarySuffix) {
            // The file that it was to replace is still there.
            unsafe unlink(state.key(name))
        }
    }

    // The last point leads into a folder that is a link.
    private var folder: String { state.path + "/keys/." }

    /// Every file of a key or a secret, in order.
    package var files: [String] {
        Folder.names(in: folder).filter { $0.hasSuffix(".pem") || $0.hasSuffix(".key") }.sorted()
    }

    /// Wraps a file; a wrapped one stays as it is where the passphrase opens it.
    ///
    /// - Parameters:
    ///   - name: a file of ``files``.
    ///   - former: the place of an earlier passphrase, from which the file is brought under the present one.
    ///   - credentialFolder: `$CREDENTIALS_DIRECTORY`.
    /// - Returns: what became of the file.
    /// - Throws: `passphrase_wrong`, `key_malformed`, or the error of a file; the file is unchanged then.
    package func wrap(
        _ name: String, former: PINSource? = nil, credentialFolder: String? = nil
    ) throws(OperationError) -> Outcome {
        try changing(name) { content throws(SigningError) in
            guard !TokenReference.isReference(content) else { return (.inToken, nil) }
            guard WrappedKey.isWrapped(content) else {
                return (.wrapped, try WrappedKey.wrap(content, under: passphrase))
            }
            do throws(SigningError) {
                var plain = try WrappedKey.unwrap(content, under: passphrase)
                SecretFile.wipe(&plain)
                return (.unchanged, nil)
            } catch {
                guard let former, error.code == .passphraseWrong else { throw error }
                let other = try former.passphrase(credentialFolder: credentialFolder)
                var plain = try WrappedKey.unwrap(content, under: other)
                defer { SecretFile.wipe(&plain) }
                return (.rewrapped, try WrappedKey.wrap(plain, under: passphrase))
            }
        }
    }

    /// Unwraps a file.
    ///
    /// - Throws: as ``wrap(_:former:credentialFolder:)``.
    package func unwrap(_ name: String) throws(OperationError) -> Outcome {
        try changing(name) { content throws(SigningError) in
            guard !TokenReference.isReference(content) else { return (.inToken, nil) }
            guard WrappedKey.isWrapped(content) else { return (.unchanged, nil) }
            return (.unwrapped, try WrappedKey.unwrap(content, under: passphrase))
        }
    }

    private func changing(
        _ name: String, _ change: ([UInt8]) throws(SigningError) -> (Outcome, [UInt8]?)
    ) throws(OperationError) -> Outcome {
        let path = state.key(name)
        do throws(SigningError) {
            var content = try SecretFile.read(path, byteCountMax: SigningKey.fileByteCountMax)
            defer { SecretFile.wipe(&content) }
            let (outcome, next) = try change(content)
            guard var next else { return outcome }
            defer { SecretFile.wipe(&next) }
            try SecretFile.replace(path, with: next, temporary: path + Self.temporarySuffix)
            return outcome
        } catch {
            throw Self.told(error, path: path)
        }
    }

    /// An error of what the caller gives, and not of a service.
    private static func told(_ error: SigningError, path: String?) -> OperationError {
        let reason = path.map { error.reason.hasPrefix($0) ? error.reason : "\($0): \(error.reason)" }
        return OperationError(
            code: error.codeText, reason: reason ?? error.reason, hint: error.hint, errorClass: error.errorClass)
    }
}
