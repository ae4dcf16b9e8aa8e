import CSodium

/// A receiving key's file, which a passphrase may lock.
///
/// A locked file is a constant, the salt (16 bytes), the operations and the memory in KiB of Argon2id (RFC 9106; 4
/// bytes each), a nonce (12), and the plain file under AES-256-CCM with the derived key.
package enum LockedReceivingKey {
    private static let magic = Array("suishen locked receiving key v1\n".utf8)
    private static let saltByteCount = 16
    private static let nonceByteCount = 12
    private static let fileByteCountMax = 2 * ReceivingKey.fileByteCountMax
    /// The most work that a file may ask for, so that a strange file cannot stop the machine.
    private static let (operationsMax, memoryKilobytesMax): (UInt32, UInt32) = (16, 1 << 20)

    /// Writes a key to a new file with mode 0400.
    ///
    /// - Parameters:
    ///   - key: the key.
    ///   - path: the new file's path.
    ///   - passphrase: locks the file; nil for a file that its mode alone protects.
    ///   - random: the source of salt and nonce.
    /// - Throws: `key_exists`, `key_unwritable`, `crypto_unavailable`.
    package static func write(
        _ key: ReceivingKey, to path: String, passphrase: [UInt8]?, random: some RandomSource
    ) throws(SigningError) {
        guard let passphrase else { return try key.write(to: path) }
        var plain = try key.fileBytes()
        defer { SecretFile.wipe(&plain) }
        let header =
            try magic + random.bytes(saltByteCount) + number(UInt32(crypto_pwhash_opslimit_moderate()))
            + number(UInt32(crypto_pwhash_memlimit_moderate() >> 10))
        let nonce = try random.bytes(nonceByteCount)
        var locking = try derived(passphrase, header)
        defer { SecretFile.wipe(&locking) }
        let sealed = try AuthenticatedCipher.seal(plain, key: locking, nonce: nonce, additionalData: header)
        try SecretFile.create(header + nonce + sealed, at: path)
    }

    /// Reads a key's file, locked or not.
    ///
    /// - Parameters:
    ///   - path: the file.
    ///   - passphrase: unlocks the file; a file without a lock needs none.
    /// - Returns: the key.
    /// - Throws: `key_encrypted` for a locked file without its passphrase, or an error of the file.
    package static func read(_ path: String, passphrase: [UInt8]?) throws(SigningError) -> ReceivingKey {
        var bytes = try SecretFile.read(path, byteCountMax: fileByteCountMax)
        defer { SecretFile.wipe(&bytes) }
        guard bytes.starts(with: magic) else { return try ReceivingKey(bytes, of: path) }
        guard let passphrase else {
            throw encrypted("\(path) is locked by a passphrase", hint: "name the passphrase's file")
        }
        let headerByteCount = magic.count + saltByteCount + 8
        guard bytes.count > headerByteCount + nonceByteCount + 16 else {
            throw SigningError(
                code: .keyMalformed, reason: "\(path) is cut short", hint: "use another copy of the key")
        }
        let header = Array(bytes[..<headerByteCount])
        var locking = try derived(passphrase, header)
        defer { SecretFile.wipe(&locking) }
        let nonce = Array(bytes[headerByteCount..<headerByteCount + nonceByteCount])
        guard
            var plain = try AuthenticatedCipher.open(
                Array(bytes[(headerByteCount + nonceByteCount)...]), key: locking, nonce: nonce,
                additionalData: header)
        else { throw encrypted("the passphrase does not unlock \(path)", hint: "give the passphrase of this file") }
        defer { SecretFile.wipe(&plain) }
        return try ReceivingKey(plain, of: path)
    }

    private static func derived(_ passphrase: [UInt8], _ header: [UInt8]) throws(SigningError) -> [UInt8] {
        let salt = Array(header.dropFirst(magic.count).prefix(saltByteCount))
        let operations = number(header.suffix(8).prefix(4))
        let memory = number(header.suffix(4))
        guard (1...operationsMax).contains(operations), (8...memoryKilobytesMax).contains(memory) else {
            throw SigningError(
                code: .keyMalformed, reason: "a locked key asks for too much work",
                hint: "use the file that `suishen recovery-key new` made")
        }
        guard sodium_init() >= 0 else { throw .unavailable("libsodium") }
        var key = [UInt8](repeating: 0, count: 32)
        let characters = passphrase.map { CChar(bitPattern: $0) }
        let status = unsafe crypto_pwhash(
            &key, 32, characters, UInt64(characters.count), salt, UInt64(operations), Int(memory) << 10,
            crypto_pwhash_alg_argon2id13())
        guard status == 0 else { throw .unavailable("Argon2id with \(memory >> 10) MiB") }
        return key
    }

    private static func number(_ value: UInt32) -> [UInt8] {
        (0..<4).reversed().map { UInt8(truncatingIfNeeded: value >> UInt32(8 * $0)) }
    }

    private static func number(_ bytes: some Sequence<UInt8>) -> UInt32 { bytes.reduce(0) { $0 << 8 | UInt32($1) } }

    private static func encrypted(_ reason: String, hint: String) -> SigningError {
        SigningError(code: .keyEncrypted, reason: reason, hint: hint)
    }
}
