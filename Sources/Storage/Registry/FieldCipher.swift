package import Signing

/// Protects the fields that could name a person: a keyed digest for the number, and sealed bytes for the links.
package struct FieldCipher: Sendable {
    /// The byte count of each key.
    package static let keyByteCount = 32
    private static let nonceByteCount = 12

    private let sealingKey: [UInt8]
    private let digestKey: [UInt8]
    private let random: any RandomSource

    /// Takes the keys from the state directory's key files.
    ///
    /// - Parameters:
    ///   - sealingKey: 32 bytes for AES-256-CCM.
    ///   - digestKey: 32 bytes for HMAC-SHA-256.
    ///   - random: the source of nonces.
    /// - Throws: `field_key_invalid` when a key has another length.
    package init(sealingKey: [UInt8], digestKey: [UInt8], random: any RandomSource) throws(StorageError) {
        guard sealingKey.count == Self.keyByteCount, digestKey.count == Self.keyByteCount else {
            throw StorageError(
                code: .fieldKeyInvalid, reason: "a registry key is not \(Self.keyByteCount) bytes",
                hint: "restore the key files that this registry was made with")
        }
        self.sealingKey = sealingKey
        self.digestKey = digestKey
        self.random = random
    }

    /// A keyed digest that finds a person again without keeping the number.
    func digest(_ identifier: String) -> [UInt8] {
        digest(Array(identifier.utf8))
    }

    /// A keyed digest that recognises a repeated request without keeping the request.
    ///
    /// It is keyed because all resident ID numbers can be tried against a plain digest.
    func digest(_ request: [UInt8]) -> [UInt8] {
        HMAC.code(.sha256, key: digestKey, message: request)
    }

    /// Nonce, ciphertext and tag (NIST SP 800-38C), bound to their row.
    func sealed(_ plaintext: [UInt8], subject: [UInt8]) throws -> [UInt8] {
        let nonce = try random.bytes(Self.nonceByteCount)
        return nonce
            + (try AuthenticatedCipher.seal(plaintext, key: sealingKey, nonce: nonce, additionalData: subject))
    }

    /// The plaintext; nil when the bytes were not sealed for this row with this key.
    func opened(_ sealed: [UInt8], subject: [UInt8]) throws -> [UInt8]? {
        guard sealed.count > Self.nonceByteCount else { return nil }
        return try AuthenticatedCipher.open(
            Array(sealed[Self.nonceByteCount...]), key: sealingKey, nonce: Array(sealed[..<Self.nonceByteCount]),
            additionalData: subject)
    }
}

extension FieldCipher {
    /// The reason of a revocation, sealed for the code's index in its list, because a reason may name a person.
    func sealed(reason: String, list: String, statusIndex: UInt64) throws -> [UInt8] {
        try sealed(Array(reason.utf8), subject: Self.place(list, statusIndex))
    }

    /// The unsealed reason of a revocation.
    ///
    /// - Throws: `registry_corrupt` when the row does not open under the registry's key.
    func reason(_ sealed: [UInt8], list: String, statusIndex: UInt64) throws -> String {
        guard let bytes = try opened(sealed, subject: Self.place(list, statusIndex)) else {
            throw StorageError(
                code: .registryCorrupt, reason: "a revocation's reason does not open under this registry's key",
                hint: "restore the key files that this registry was made with")
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    /// The answer to an idempotency key, sealed for the key, because it may have a code's text.
    func sealed(answer: [UInt8], toKey key: String) throws -> [UInt8] {
        try sealed(answer, subject: Self.place(ofAnswerTo: key))
    }

    /// The unsealed answer to an idempotency key.
    ///
    /// - Throws: `registry_corrupt` when the row does not open under the registry's key.
    func answer(_ kept: KeptAnswer) throws -> [UInt8] {
        guard let bytes = try opened(kept.sealedAnswer, subject: Self.place(ofAnswerTo: kept.key)) else {
            throw StorageError(
                code: .registryCorrupt, reason: "a kept answer does not open under this registry's key",
                hint: "restore the key files that this registry was made with")
        }
        return bytes
    }

    private static func place(ofAnswerTo key: String) -> [UInt8] {
        Array("suishen idempotent answer v1 \(key)".utf8)
    }

    /// The bytes that a reason is bound to; they are longer than the bytes that a person's row is bound to.
    private static func place(_ list: String, _ statusIndex: UInt64) -> [UInt8] {
        Array("suishen revocation reason v1 \(list) \(statusIndex)".utf8)
    }
}
