/// A private key, parsed once and ready to sign from any number of threads.
package final class SigningKey: Sendable {
    /// The largest key file taken; ours have about 240 bytes.
    package static let fileByteCountMax = 16 << 10

    package let algorithm: SignatureAlgorithm
    package let verificationKey: VerificationKey

    private let handle: KeyHandle
    private let operations: KeyOperationPool

    /// Makes a new key of Ed25519, P-256 or SM2.
    ///
    /// - Throws: `key_wrong_algorithm` for PS256, which we never sign with.
    package static func generate(_ algorithm: SignatureAlgorithm) throws(SigningError) -> SigningKey {
        guard let encoding = KeyEncoding.of(algorithm) else { throw verifiesOnly(algorithm) }
        guard let handle = KeyHandle(generating: encoding) else {
            throw .unavailable("a key of \(algorithm.name)")
        }
        return try SigningKey(handle: handle)
    }

    /// Makes the key of a known secret, so that test vectors have fixed keys.
    ///
    /// - Parameters:
    ///   - seed: the 32-byte seed of Ed25519, or the scalar of P-256 or SM2, big-endian.
    ///   - algorithm: any but PS256.
    /// - Throws: `key_malformed` for another length or a scalar out of range, `key_wrong_algorithm`.
    package convenience init(seed: [UInt8], algorithm: SignatureAlgorithm) throws(SigningError) {
        guard let encoding = KeyEncoding.of(algorithm) else { throw Self.verifiesOnly(algorithm) }
        guard seed.count == KeyEncoding.scalarByteCount, encoding.isInRange(seed[...]) else {
            throw Self.malformed("\(seed.count) bytes that are no \(algorithm.name) secret")
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
                code: .keyTooLarge, reason: "a private key of \(pem.count) bytes; \(Self.fileByteCountMax) at most",
                hint: "give one key in PEM")
        }
        guard let document = PEMDocument(pem) else { throw Self.malformed("no block of PEM in the private key") }
        var der = document.der
        defer { SecretFile.wipe(&der) }
        switch document.label {
        case "PRIVATE KEY": break
        case "ENCRYPTED PRIVATE KEY":
            throw SigningError(
                code: .keyEncrypted,
                reason: "the private key is encrypted with a password",
                hint: "take the password off with `openssl pkcs8 -in KEY.pem -out PLAIN.pem`, then chmod 0400")
        default: throw Self.malformed("a PEM block \(document.label.prefix(40)) where PRIVATE KEY must stand")
        }
        guard let handle = KeyHandle(pkcs8: der) else { throw Self.malformed("a private key that is not PKCS#8") }
        try self.init(handle: handle)
    }

    /// Reads a key file that only its owner can read.
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
                reason: "a private key that is not of Ed25519, P-256 or SM2",
                hint: "make one with `suishen device keygen`")
        }
        guard let raw = handle.rawPublicKey(encoding) else {
            throw Self.malformed("a \(encoding.algorithm.name) private key without a public part")
        }
        self.handle = handle
        algorithm = encoding.algorithm
        verificationKey = try VerificationKey(raw: raw, algorithm: encoding.algorithm)
        operations = KeyOperationPool(key: handle, algorithm: encoding.algorithm, purpose: .sign)
    }

    /// Writes the key as PKCS#8 in PEM to a new file with mode 0400, and brings it to the disk.
    ///
    /// - Throws: `key_exists` or `key_unwritable`; nothing is left behind then.
    package func write(to path: String) throws(SigningError) {
        var pem = try pem()
        defer { SecretFile.wipe(&pem) }
        try SecretFile.create(pem, at: path)
    }

    /// The key as PKCS#8 in PEM; a secret.
    package func pem() throws(SigningError) -> [UInt8] {
        guard let pem = handle.privatePEM() else { throw .unavailable("PKCS#8") }
        return pem
    }

    /// Signs a whole message: 64 bytes.
    ///
    /// - Returns: Ed25519: as RFC 8032 has it; ES256: r‖s with the lower of s and n − s; SM2: r‖s.
    /// - Throws: `signing_failed`, when the library has no memory or no randomness left.
    package func sign(_ message: [UInt8]) throws(SigningError) -> [UInt8] {
        guard let made = operations.withOperation({ $0.sign(message) }), let made,
            let signature = wireForm(made)
        else {
            throw SigningError(
                code: .signingFailed,
                reason: "libcrypto made no \(algorithm.name) signature",
                hint: "check the machine's memory and that OpenSSL 3.0 is installed whole")
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
            reason: "\(algorithm.name) verifies codes of other issuers and never signs",
            hint: "choose ed25519, es256 or sm2")
    }
}
