import Encoding
import Signing
import Storage

/// Shared files on their way to a new daemon, which alone can open them.
///
/// A new key of 32 bytes is sealed to the X25519 key that the new daemon made for this request, and seals the files under
/// AES-256-CCM (NIST SP 800-38C), bound to that X25519 key.
struct SealedFiles: Sendable {
    /// The content key seals one text only, so its nonce may be constant.
    private static let onlyNonce = [UInt8](repeating: 0, count: 12)

    private let sealedKey: [UInt8]
    private let sealedFiles: [UInt8]

    /// Seals files.
    ///
    /// - Parameters:
    ///   - files: the shared files.
    ///   - receiver: the new daemon's key.
    ///   - random: the source of the content key.
    /// - Throws: an error of the cipher.
    init(_ files: SharedFiles, to receiver: ReceivingPublicKey, random: any RandomSource) throws {
        var key = try random.bytes(FieldCipher.keyByteCount)
        var plain = files.encoded
        defer {
            SecretFile.wipe(&key)
            SecretFile.wipe(&plain)
        }
        sealedKey = try receiver.seal(key)
        sealedFiles = try AuthenticatedCipher.seal(
            plain, key: key, nonce: Self.onlyNonce, additionalData: Self.place(receiver))
    }

    /// Reads an answer's members; nil where they are not there.
    init?(_ json: JSONValue) {
        guard let key = (json["key"]?.string).flatMap({ try? Base64.decode($0) }),
            let files = (json["files"]?.string).flatMap({ try? Base64.decode($0) })
        else { return nil }
        (sealedKey, sealedFiles) = (key, files)
    }

    var json: JSONValue {
        ["key": .string(Base64.encode(sealedKey)), "files": .string(Base64.encode(sealedFiles))]
    }

    /// Opens the files.
    ///
    /// - Throws: `answer_malformed` for files that were not sealed to this key.
    func opened(by receiver: ReceivingKey) throws(OperationError) -> SharedFiles {
        guard var key = receiver.open(sealedKey), key.count == FieldCipher.keyByteCount else {
            throw SharedFiles.malformed
        }
        defer { SecretFile.wipe(&key) }
        guard
            var plain = try? AuthenticatedCipher.open(
                sealedFiles, key: key, nonce: Self.onlyNonce, additionalData: Self.place(receiver.publicKey))
        else { throw SharedFiles.malformed }
        defer { SecretFile.wipe(&plain) }
        return try SharedFiles(plain)
    }

    private static func place(_ receiver: ReceivingPublicKey) -> [UInt8] {
        Array("suishen daemon joins v1".utf8) + receiver.spki
    }
}
