import COpenSSL
import CSodium

/// The private key with which one gate opens what was sealed to it.
package final class ReceivingKey: Sendable {
    /// The most bytes of a key's file.
    package static let fileByteCountMax = 4096

    /// The private part: 32 bytes of X25519, or a handle of SM2.
    private enum Secret: Sendable {
        case x25519(LockedSecret)
        case sm2(KeyHandle)
    }

    package let publicKey: ReceivingPublicKey
    private let secret: Secret

    /// Makes a new key for a suite.
    ///
    /// - Throws: `crypto_unavailable`.
    package static func generate(for suite: Suite) throws(SigningError) -> ReceivingKey {
        guard suite == .sm2 else {
            guard sodium_init() >= 0 else { throw .unavailable("libsodium") }
            var publicBytes = [UInt8](repeating: 0, count: 32)
            var secretBytes = publicBytes
            guard unsafe crypto_box_keypair(&publicBytes, &secretBytes) == 0 else { throw .unavailable("X25519") }
            defer { SecretFile.wipe(&secretBytes) }
            return try ReceivingKey(x25519: secretBytes)
        }
        guard let encoding = KeyEncoding.of(.sm2), let handle = KeyHandle(generating: encoding) else {
            throw .unavailable("a key of SM2")
        }
        return try ReceivingKey(sm2: handle)
    }

    /// Reads a key file: 32 bytes of X25519, or PKCS#8 of SM2 in PEM.
    ///
    /// - Throws: `key_unreadable`, `key_permissions`, `key_too_large`, `key_malformed`.
    package convenience init(contentsOf path: String) throws(SigningError) {
        var bytes = try SecretFile.read(path, byteCountMax: Self.fileByteCountMax)
        defer { SecretFile.wipe(&bytes) }
        try self.init(bytes, of: path)
    }

    /// Reads a key file's content: 32 bytes of X25519, or PKCS#8 of SM2 in PEM.
    ///
    /// - Parameters:
    ///   - bytes: the content.
    ///   - path: the file's name in an error's reason.
    /// - Throws: `key_malformed`.
    package convenience init(_ bytes: [UInt8], of path: String) throws(SigningError) {
        if bytes.count == 32 {
            try self.init(x25519: bytes)
            return
        }
        var der = PEMDocument(bytes).flatMap { $0.label == "PRIVATE KEY" ? $0.der : nil } ?? []
        defer { SecretFile.wipe(&der) }
        guard let handle = KeyHandle(pkcs8: der), handle.encoding?.algorithm == .sm2 else {
            throw SigningError(
                code: .keyMalformed, reason: "\(path) holds neither an X25519 key nor an SM2 key",
                hint: "restore the file, or enrol the gate anew with an empty --state folder")
        }
        try self.init(sm2: handle)
    }

    private init(x25519 bytes: [UInt8]) throws(SigningError) {
        var raw = [UInt8](repeating: 0, count: 32)
        guard unsafe crypto_scalarmult_base(&raw, bytes) == 0 else { throw .unavailable("X25519") }
        publicKey = try ReceivingPublicKey(x25519: raw)
        secret = .x25519(try LockedSecret(bytes))
    }

    private init(sm2 handle: KeyHandle) throws(SigningError) {
        guard let encoding = KeyEncoding.of(.sm2), let point = handle.rawPublicKey(encoding) else {
            throw .unavailable("SM2")
        }
        publicKey = ReceivingPublicKey(sm2: handle, spki: encoding.publicPrefix + point)
        secret = .sm2(handle)
    }

    /// Writes the key to a new file with mode 0400, and syncs it to the disk.
    ///
    /// - Throws: `key_exists` or `key_unwritable`; no file is left then.
    package func write(to path: String) throws(SigningError) {
        var bytes = try fileBytes()
        defer { SecretFile.wipe(&bytes) }
        try SecretFile.create(bytes, at: path)
    }

    /// The content of the key's file; a secret: the caller wipes it.
    package func fileBytes() throws(SigningError) -> [UInt8] {
        switch secret {
        case .x25519(let secret):
            return unsafe secret.withBytes { unsafe [UInt8](UnsafeBufferPointer(start: $0, count: secret.count)) }
        case .sm2(let handle):
            guard let pem = handle.privatePEM() else { throw .unavailable("PKCS#8") }
            return pem
        }
    }

    /// Opens what ``ReceivingPublicKey/seal(_:)`` sealed; nil for anything else.
    ///
    /// The result is a secret: the caller wipes it with ``SecretFile/wipe(_:)``.
    package func open(_ sealed: [UInt8]) -> [UInt8]? {
        guard sealed.count <= 2 * ReceivingPublicKey.plaintextByteCountMax else { return nil }
        switch secret {
        case .sm2(let handle): return SM2Encryption.decrypt(sealed, by: handle)
        case .x25519(let secret):
            let overhead = Int(crypto_box_sealbytes())
            guard sealed.count >= overhead, sodium_init() >= 0 else { return nil }
            var opened = [UInt8](repeating: 0, count: sealed.count - overhead)
            let status = unsafe secret.withBytes { secret in
                unsafe crypto_box_seal_open(&opened, sealed, UInt64(sealed.count), publicKey.raw, secret)
            }
            return status == 0 ? opened : nil
        }
    }
}
