import COpenSSL
import CSodium

/// The public key to which one gate's secrets are sealed: X25519 in suites `ed25519` and `es256`, SM2 in suite `sm2`.
package struct ReceivingPublicKey: Sendable, Equatable {
    /// The most bytes of a SubjectPublicKeyInfo; that of SM2 has 91.
    package static let byteCountMax = 128
    /// The most bytes that are sealed at once.
    package static let plaintextByteCountMax = 64 << 10

    /// The prefix of an X25519 key in a SubjectPublicKeyInfo (RFC 8410 §4).
    private static let x25519Prefix: [UInt8] = [
        0x30, 0x2a, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x6e, 0x03, 0x21, 0x00,
    ]
    private static let x25519ByteCount = 32

    /// The SubjectPublicKeyInfo in DER.
    package let spki: [UInt8]
    /// The key's handle in libcrypto; nil for X25519.
    private let handle: KeyHandle?

    /// Reads a SubjectPublicKeyInfo of X25519, or of SM2 with an uncompressed point.
    ///
    /// - Throws: `key_wrong_algorithm`, or `key_malformed` when the point is not on its curve or has a small order.
    package init(spki: [UInt8]) throws(SigningError) {
        if spki.starts(with: Self.x25519Prefix), spki.count == Self.x25519Prefix.count + Self.x25519ByteCount {
            try self.init(x25519: Array(spki.suffix(Self.x25519ByteCount)))
            // Sealing fails under a point of small order.
            _ = try seal([])
            return
        }
        guard let encoding = KeyEncoding.of(.sm2), spki.count == encoding.publicPrefix.count + 65,
            let point = encoding.rawKey(inSPKI: spki)
        else {
            throw SigningError(
                code: .keyWrongAlgorithm, reason: "the receiving key is neither X25519 nor SM2",
                hint: "make the gate's keys with `verify enrol`")
        }
        guard let handle = KeyHandle(point: point, encoding: encoding) else { throw Self.malformed }
        self.init(sm2: handle, spki: spki)
    }

    init(x25519 raw: [UInt8]) throws(SigningError) {
        guard raw.count == Self.x25519ByteCount else { throw Self.malformed }
        (spki, handle) = (Self.x25519Prefix + raw, nil)
    }

    init(sm2 handle: KeyHandle, spki: [UInt8]) {
        (self.spki, self.handle) = (spki, handle)
    }

    package static func == (left: ReceivingPublicKey, right: ReceivingPublicKey) -> Bool { left.spki == right.spki }

    /// Whether gates of the suite receive under keys of this type.
    package func belongs(to suite: Suite) -> Bool { (suite == .sm2) == (handle != nil) }

    /// The 32 bytes of an X25519 key.
    var raw: [UInt8] { Array(spki.suffix(Self.x25519ByteCount)) }

    /// Seals a secret so that only the owner of the private key opens it.
    ///
    /// X25519 uses libsodium's sealed boxes (`crypto_box_seal`); SM2 uses GB/T 32918.4 in DER, with SM3.
    ///
    /// - Parameter secret: at most ``plaintextByteCountMax`` bytes.
    /// - Returns: other bytes at every call.
    /// - Throws: `length_out_of_range`, `key_malformed` for a point of small order.
    package func seal(_ secret: [UInt8]) throws(SigningError) -> [UInt8] {
        guard secret.count <= Self.plaintextByteCountMax else {
            throw .length("a secret", secret.count, allowed: "at most \(Self.plaintextByteCountMax)")
        }
        if let handle {
            guard let sealed = SM2Encryption.encrypt(secret, to: handle) else { throw .unavailable("SM2 encryption") }
            return sealed
        }
        guard sodium_init() >= 0 else { throw .unavailable("libsodium") }
        var sealed = [UInt8](repeating: 0, count: secret.count + Int(crypto_box_sealbytes()))
        guard unsafe crypto_box_seal(&sealed, secret, UInt64(secret.count), raw) == 0 else { throw Self.malformed }
        return sealed
    }

    private static let malformed = SigningError(
        code: .keyMalformed, reason: "the receiving key is not a usable point of its curve",
        hint: "make the gate's keys with `verify enrol`")
}
