/// A private key, parsed once or held by a token, and usable from any number of threads.
package final class SigningKey: Sendable {
    /// The largest accepted key file; the project's own have about 240 bytes.
    package static let fileByteCountMax = 16 << 10

    package let algorithm: SignatureAlgorithm
    package let verificationKey: VerificationKey

    private let place: Place

    /// Where the private key is.
    private enum Place: Sendable {
        case memory(KeyHandle, KeyOperationPool)
        case elsewhere(any MessageSigner)
    }

    /// Makes a new key of Ed25519, P-256 or SM2.
    ///
    /// - Throws: `key_wrong_algorithm` for PS256, which verifies only.
    package static func generate(_ algorithm: SignatureAlgorithm) throws(SigningError) -> SigningKey {
        guard let encoding = KeyEncoding.of(algorithm) else { throw verifiesOnly(algorithm) }
        guard let handle = KeyHandle(generating: encoding) else {
            throw .unavailable("a key of \(algorithm.name)")
        }
        return try SigningKey(handle: handle)
    }

    /// Makes the key of a known secret, for test vectors with fixed keys.
    ///
    /// - Parameters:
    ///   - seed: the 32-byte seed of Ed25519, or the scalar of P-256 or SM2, big-endian.
    ///   - algorithm: any but PS256.
    /// - Throws: `key_malformed` for another length or a scalar out of range, `key_wrong_algorithm`.
    package convenience init(seed: [UInt8], algorithm: SignatureAlgorithm) throws(SigningError) {
        guard let encoding = KeyEncoding.of(algorithm) else { throw Self.verifiesOnly(algorithm) }
        guard seed.count == KeyEncoding.scalarByteCount, encoding.isInRange(seed[...]) else {
            throw Self.malformed("\(seed.count) bytes that are not an \(algorithm.name) secret")
        }
        var pkcs8 = encoding.privatePrefix + seed
        defer { SecretFile.wipe(&pkcs8) }
        guard let handle = KeyHandle(pkcs8: pkcs8) else { throw .unavailable("a key of \(algorithm.name)") }
        try self.init(handle: handle)
    }

    /// Reads a PEM block `PRIVATE KEY` (PKCS#8, not encrypted).
    ///
    /// - Throws: `key_malformed`, `key_encrypted`, `key_too_large`, `key_wrong_algorithm`.
    package convenience init(pem: [UInt8]) throws(SigningError) {
        guard pem.count <= Self.fileByteCountMax else {
            throw SigningError(
                code: .keyTooLarge,
                reason: "the private key has \(pem.count) bytes, more than the limit of \(Self.fileByteCountMax)",
                hint: "give one key in PEM")
        }
        guard let document = PEMDocument(pem) else { throw Self.malformed("the private key has no PEM block") }
        var der = document.der
        defer { SecretFile.wipe(&der) }
        switch document.label {
        case "PRIVATE KEY": break
        case "ENCRYPTED PRIVATE KEY":
            throw SigningError(
                code: .keyEncrypted,
                reason: "the private key is encrypted under a passphrase, and none is given",
                hint: "set keyPassphrase in suishend.yaml, or remove the passphrase with "
                    + "`openssl pkcs8 -in KEY.pem -out PLAIN.pem`, then chmod 0400")
        default: throw Self.malformed("the PEM block is \(document.label.prefix(40)), expected PRIVATE KEY")
        }
        guard let handle = KeyHandle(pkcs8: der) else { throw Self.malformed("the private key is not in PKCS#8") }
        try self.init(handle: handle)
    }

    /// Reads a key file that only its owner may read.
    ///
    /// - Throws: as ``init(pem:)``, and `key_unreadable` or `key_permissions`.
    package convenience init(contentsOf path: String) throws(SigningError) {
        var pem = try SecretFile.read(path, byteCountMax: Self.fileByteCountMax)
        defer { SecretFile.wipe(&pem) }
        do {
            try self.init(pem: pem)
        } catch {
            throw SigningError(code: error.code, reason: "\(path): \(error.reason)", hint: error.hint)
        }
    }

    private init(handle: KeyHandle) throws(SigningError) {
        guard let encoding = handle.encoding else {
            throw SigningError(
                code: .keyWrongAlgorithm,
                reason: "the private key is not an Ed25519, P-256 or SM2 key",
                hint: "make one with `suishen device keygen`")
        }
        guard let raw = handle.rawPublicKey(encoding) else {
            throw Self.malformed("the \(encoding.algorithm.name) private key has no public part")
        }
        algorithm = encoding.algorithm
        verificationKey = try VerificationKey(raw: raw, algorithm: encoding.algorithm)
        place = .memory(
            handle, KeyOperationPool(key: handle, algorithm: encoding.algorithm, purpose: .sign))
    }

    /// Takes a key whose private part is somewhere else, such as in a token.
    ///
    /// - Parameters:
    ///   - verificationKey: the public key, which decides the algorithm.
    ///   - signer: signs with the private key.
    package init(verificationKey: VerificationKey, signer: any MessageSigner) {
        self.verificationKey = verificationKey
        algorithm = verificationKey.algorithm
        place = .elsewhere(signer)
    }

    /// Refuses while the place of the private key is known to be out of reach, without signing anything.
    ///
    /// - Throws: `key_unavailable`, and the other errors of a token.
    package func checkAvailable() throws(SigningError) {
        if case .elsewhere(let signer) = place { try signer.checkAvailable() }
    }

    /// Writes the key as PKCS#8 in PEM to a new file with mode 0400, and syncs it to the disk.
    ///
    /// - Throws: `key_exists` or `key_unwritable`; no file is left then.
    package func write(to path: String) throws(SigningError) {
        var pem = try pem()
        defer { SecretFile.wipe(&pem) }
        try SecretFile.create(pem, at: path)
    }

    /// The key as PKCS#8 in PEM; a secret.
    ///
    /// - Throws: `key_unwritable` for a key in a token, which never leaves it.
    package func pem() throws(SigningError) -> [UInt8] {
        guard case .memory(let handle, _) = place else {
            throw SigningError(
                code: .keyUnwritable, reason: "the private key is in a token, which does not give it out",
                hint: "use the key where it is")
        }
        guard let pem = handle.privatePEM() else { throw .unavailable("PKCS#8") }
        return pem
    }

    /// Signs a whole message: 64 bytes.
    ///
    /// - Returns: Ed25519: the signature of RFC 8032; ES256: r‖s with the lower of s and n − s; SM2: r‖s.
    /// - Throws: `signing_failed` where the library has no memory or no randomness; `key_unavailable` and the other errors
    ///   of a token.
    package func sign(_ message: [UInt8]) throws(SigningError) -> [UInt8] {
        let operations: KeyOperationPool
        switch place {
        case .memory(_, let pool): operations = pool
        case .elsewhere(let signer):
            guard let signature = algorithm.normalized(try signer.sign(message)) else {
                throw SigningError(
                    code: .signingFailed, reason: "the token's signature is not one of \(algorithm.name)",
                    hint: "check the token's module, and which mechanisms it has")
            }
            return signature
        }
        guard let made = operations.withOperation({ $0.sign(message) }), let made,
            let signature = wireForm(made)
        else {
            throw SigningError(
                code: .signingFailed,
                reason: "libcrypto failed to make an \(algorithm.name) signature",
                hint: "check the machine's memory and the installation of OpenSSL 3.0")
        }
        return signature
    }

    private func wireForm(_ made: [UInt8]) -> [UInt8]? {
        guard let order = KeyEncoding.of(algorithm)?.order else {
            return made.count == RawSignature.byteCount ? made : nil
        }
        guard var raw = RawSignature.raw(der: made[...]) else { return nil }
        if algorithm == .es256 && !RawSignature.isLowS(raw, order: order) { RawSignature.flipS(&raw, order: order) }
        return raw
    }

    private static func malformed(_ reason: String) -> SigningError {
        SigningError(
            code: .keyMalformed, reason: reason,
            hint: "make one with `suishen device keygen`, or convert it with `openssl pkcs8 -topk8 -nocrypt`")
    }

    private static func verifiesOnly(_ algorithm: SignatureAlgorithm) -> SigningError {
        SigningError(
            code: .keyWrongAlgorithm,
            reason: "\(algorithm.name) only verifies codes of other issuers",
            hint: "choose ed25519, es256 or sm2")
    }
}
