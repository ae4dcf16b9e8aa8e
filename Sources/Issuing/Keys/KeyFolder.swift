import Glibc
import HardwareKeys
package import Signing
import Synchronization

/// Reads and makes the private keys and secrets of one installation: in files, in wrapped files, or in a token.
///
/// `DIR/keys/` has a file for each key. A file either holds the key, plain or under a passphrase, or says where in a
/// token it is.
package final class KeyFolder: Sendable {
    private let state: StateDirectory
    private let token: TokenURI?
    private let passphraseSource: PINSource?
    private let credentialFolder: String?
    private let signingKeys = Mutex<[String: KeptKey<SigningKey>]>([:])
    private let receivingKeys = Mutex<[String: KeptKey<ReceivingKey>]>([:])

    /// A key with the identity of the file that it was read from: a wrapped file is opened once.
    private struct KeptKey<Key: Sendable> {
        let file: FileIdentity
        let key: Key
    }

    /// - Parameters:
    ///   - state: the installation's folder.
    ///   - settings: say which token new keys are made in, and where the passphrase of wrapped files is.
    ///   - credentialFolder: `$CREDENTIALS_DIRECTORY`; nil outside a unit of systemd.
    package init(_ state: StateDirectory, settings: Settings, credentialFolder: String? = nil) {
        self.state = state
        token = settings.token
        passphraseSource = settings.keyPassphrase
        self.credentialFolder = credentialFolder
    }

    /// The signing key of a file in `keys/`; read again only when the file has changed.
    ///
    /// - Throws: the error of the file, of its passphrase, or of a token's URI.
    package func signingKey(_ name: String) throws(SigningError) -> SigningKey {
        let path = state.key(name)
        let file = FileIdentity(path)
        if let file, let known = signingKeys.withLock({ $0[name] }), known.file == file { return known.key }
        let key = try reading(name, byteCountMax: SigningKey.fileByteCountMax) { content throws(SigningError) in
            guard TokenReference.isReference(content) else { return try SigningKey(pem: content) }
            return try TokenReference(content).key(in: token, credentialFolder: credentialFolder)
        }
        if let file { signingKeys.withLock { $0[name] = KeptKey(file: file, key: key) } }
        return key
    }

    /// A secret of 32 bytes, locked into memory.
    ///
    /// - Throws: the error of the file or of its passphrase.
    func secret(_ name: String) throws(SigningError) -> [UInt8] {
        let byteCount = KeyRing.secretByteCount
        return try reading(name, byteCountMax: SigningKey.fileByteCountMax) { content throws(SigningError) in
            guard content.count == byteCount else {
                throw SigningError(
                    code: .keyUnreadable, reason: "it has \(content.count) bytes instead of \(byteCount)",
                    hint: "restore the file that this installation was made with")
            }
            let secret = content.map { $0 }
            SecretHeap.lock(secret)
            return secret
        }
    }

    /// The key that opens what was sealed to the installation; nil where the file does not exist.
    func receivingKey(_ name: String) throws(SigningError) -> ReceivingKey? {
        var status = stat()
        if unsafe lstat(state.key(name), &status) != 0, errno == ENOENT { return nil }
        let file = FileIdentity(state.key(name))
        if let file, let known = receivingKeys.withLock({ $0[name] }), known.file == file { return known.key }
        let key = try reading(name, byteCountMax: SigningKey.fileByteCountMax) { content throws(SigningError) in
            try ReceivingKey(content, of: name)
        }
        if let file { receivingKeys.withLock { $0[name] = KeptKey(file: file, key: key) } }
        return key
    }

    /// Runs `body` with the plain content of a file, which is wiped afterwards.
    private func reading<Value>(
        _ name: String, byteCountMax: Int, _ body: ([UInt8]) throws(SigningError) -> Value
    ) throws(SigningError) -> Value {
        let path = state.key(name)
        var content = try SecretFile.read(path, byteCountMax: byteCountMax)
        defer { SecretFile.wipe(&content) }
        do throws(SigningError) {
            guard WrappedKey.isWrapped(content) else { return try body(content) }
            var plain = try WrappedKey.unwrap(content, under: passphrase())
            defer { SecretFile.wipe(&plain) }
            return try body(plain)
        } catch {
            throw SigningError(code: error.code, reason: "\(path): \(error.reason)", hint: error.hint)
        }
    }

    /// The passphrase of wrapped files.
    ///
    /// - Throws: `key_encrypted` where the settings name none, or the error of its place.
    func passphrase() throws(SigningError) -> KeyPassphrase {
        guard let passphraseSource else {
            throw SigningError(
                code: .keyEncrypted, reason: "it is under a passphrase, and the settings name none",
                hint: "set keyPassphrase in suishend.yaml to file:/PATH or credential:NAME")
        }
        return try passphraseSource.passphrase(credentialFolder: credentialFolder)
    }
}

extension KeyFolder {
    /// A new key that is not yet in a file of the installation.
    package struct NewKey: Sendable {
        package let key: SigningKey
        /// Where the private key is in a token; nil for one in memory.
        let uri: TokenURI?
    }

    /// Makes a key: in the token where the settings name one.
    ///
    /// - Parameters:
    ///   - algorithm: the key's algorithm.
    ///   - role: what the key is for; the label in the token says it too.
    /// - Returns: the key, which must be written or discarded.
    /// - Throws: the errors of a token, or `crypto_unavailable`.
    package func generate(_ algorithm: SignatureAlgorithm, role: String) throws(SigningError) -> NewKey {
        guard let token else { return NewKey(key: try SigningKey.generate(algorithm), uri: nil) }
        let made = try TokenKey.make(
            algorithm, in: token, label: "suishen \(role)", credentialFolder: credentialFolder)
        return NewKey(key: made.key, uri: made.uri)
    }

    /// Writes a new key's file: the key itself, wrapped where the settings name a passphrase, or its place in the token.
    ///
    /// - Throws: `key_exists` or `key_unwritable`; the key is gone from the token then too.
    package func write(_ new: NewKey, to name: String) throws(SigningError) {
        do throws(SigningError) {
            if let uri = new.uri {
                // The settings say which token it is, so that its module or its PIN's place can change.
                let reference = TokenReference(uri: uri.ofKey, publicKey: new.key.verificationKey)
                try SecretFile.create(reference.content, at: state.key(name))
            } else {
                var pem = try new.key.pem()
                defer { SecretFile.wipe(&pem) }
                try write(secret: pem, to: name)
            }
        } catch {
            discard(new)
            throw error
        }
    }

    /// Writes a secret to a new file, wrapped where the settings name a passphrase.
    func write(secret: [UInt8], to name: String) throws(SigningError) {
        guard passphraseSource != nil else { return try SecretFile.create(secret, at: state.key(name)) }
        try SecretFile.create(WrappedKey.wrap(secret, under: passphrase()), at: state.key(name))
    }

    /// Removes a new key that is not used from the token; a failure leaves it there, unused.
    package func discard(_ new: NewKey) {
        guard let uri = new.uri else { return }
        try? TokenKey.discard(uri, credentialFolder: credentialFolder)
    }
}

/// What tells one content of a file from another.
private struct FileIdentity: Equatable {
    let device: dev_t
    let number: ino_t
    let byteCount: off_t
    let seconds: time_t
    let nanoseconds: Int

    init?(_ path: String) {
        var status = stat()
        guard unsafe stat(path, &status) == 0 else { return nil }
        (device, number, byteCount) = (status.st_dev, status.st_ino, status.st_size)
        (seconds, nanoseconds) = (status.st_ctim.tv_sec, status.st_ctim.tv_nsec)
    }
}
