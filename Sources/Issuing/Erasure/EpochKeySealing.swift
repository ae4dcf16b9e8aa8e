import Signing
import Storage

/// Seals epoch keys for a place that others may read.
///
/// An object is a constant (8 bytes), a nonce (12), and the key with its tag under AES-256-CCM (NIST SP 800-38C), bound to
/// the key's number.
struct EpochKeySealing: Sendable {
    private static let magic = Array("SSEPOBJ1".utf8)
    private static let nonceByteCount = 12
    private static let tagByteCount = 16
    /// The byte count of an object.
    static var byteCount: Int { magic.count + nonceByteCount + FieldEpochKey.byteCount + tagByteCount }
    /// The bytes that take a destroyed key's place.
    static var overwritten: [UInt8] { [UInt8](repeating: 0, count: byteCount) }

    private let key: [UInt8]
    private let random: any RandomSource

    /// Derives the sealing key.
    ///
    /// - Parameters:
    ///   - registrySecret: the registry's key, which every daemon of the installation has.
    ///   - random: the source of nonces.
    /// - Throws: an error of the cipher.
    init(registrySecret: [UInt8], random: any RandomSource) throws(SigningError) {
        key = try HKDF.derive(
            .sha256, key: registrySecret, salt: [], info: Array("suishen epoch keys in a bucket v1".utf8),
            byteCount: FieldCipher.keyByteCount)
        self.random = random
        SecretHeap.lock(key)
    }

    /// An object's bytes.
    func seal(_ epoch: FieldEpochKey) throws -> [UInt8] {
        var plain = epoch.encoded
        defer { SecretFile.wipe(&plain) }
        let nonce = try random.bytes(Self.nonceByteCount)
        return Self.magic + nonce
            + (try AuthenticatedCipher.seal(plain, key: key, nonce: nonce, additionalData: Self.place(epoch.number)))
    }

    /// The key in an object's bytes; nil for bytes that were not sealed so for this number.
    func open(_ bytes: [UInt8], number: UInt32) -> FieldEpochKey? {
        guard bytes.count == Self.byteCount, bytes.starts(with: Self.magic) else { return nil }
        let rest = bytes.dropFirst(Self.magic.count)
        guard
            var plain = try? AuthenticatedCipher.open(
                Array(rest.dropFirst(Self.nonceByteCount)), key: key, nonce: Array(rest.prefix(Self.nonceByteCount)),
                additionalData: Self.place(number))
        else { return nil }
        defer { SecretFile.wipe(&plain) }
        return FieldEpochKey(encoded: plain).flatMap { $0.number == number ? $0 : nil }
    }

    /// Whether an object was overwritten, and its removal is still to come.
    static func isOverwritten(_ bytes: [UInt8]) -> Bool { bytes == overwritten }

    private static func place(_ number: UInt32) -> [UInt8] { Array("suishen epoch key in a bucket v1 \(number)".utf8) }
}
