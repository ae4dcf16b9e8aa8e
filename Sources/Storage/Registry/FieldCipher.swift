package import Signing

/// Protects the fields that could name a person: a keyed digest for the number, and sealed bytes for everything else.
package struct FieldCipher: Sendable {
    /// The byte count of each key.
    package static let keyByteCount = 32
    private static let nonceByteCount = 12

    private let sealingKey: [UInt8]
    private let digestKey: [UInt8]
    private let random: any RandomSource
    /// Seals the fields of rows.
    package let fields: FieldKeys

    /// Takes the keys from the state directory's key files.
    ///
    /// - Parameters:
    ///   - sealingKey: 32 bytes for AES-256-CCM, for tokens that leave the service and rows of earlier versions.
    ///   - digestKey: 32 bytes for HMAC-SHA-256.
    ///   - epochs: the epoch keys, which lie outside that directory.
    ///   - random: the source of keys and nonces.
    /// - Throws: `field_key_invalid` when a key has another length.
    package init(
        sealingKey: [UInt8], digestKey: [UInt8], epochs: EpochKeyRing, random: any RandomSource
    ) throws(StorageError) {
        guard sealingKey.count == Self.keyByteCount, digestKey.count == Self.keyByteCount else {
            throw StorageError(
                code: .fieldKeyInvalid, reason: "a registry key is not \(Self.keyByteCount) bytes",
                hint: "restore the key files that this registry was made with")
        }
        self.sealingKey = sealingKey
        self.digestKey = digestKey
        self.random = random
        fields = FieldKeys(epochs, random: random)
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

    /// Nonce, ciphertext and tag (NIST SP 800-38C) of a token that leaves the service, bound to its use.
    func sealed(token plaintext: [UInt8], subject: [UInt8]) throws -> [UInt8] {
        let nonce = try random.bytes(Self.nonceByteCount)
        return nonce
            + (try AuthenticatedCipher.seal(plaintext, key: sealingKey, nonce: nonce, additionalData: subject))
    }

    /// The content of a token, or of a row of an earlier version; nil for bytes that were not sealed so.
    func opened(token sealed: [UInt8], subject: [UInt8]) throws -> [UInt8]? {
        guard sealed.count > Self.nonceByteCount else { return nil }
        return try AuthenticatedCipher.open(
            Array(sealed[Self.nonceByteCount...]), key: sealingKey, nonce: Array(sealed[..<Self.nonceByteCount]),
            additionalData: subject)
    }
}

extension FieldCipher {
    /// A person's links, sealed for the person.
    func sealed(links: [UInt8], of person: [UInt8]) throws -> [UInt8] { try fields.sealed(links, at: person) }

    /// The reason of a revocation, sealed for the code's index in its list, because a reason may name a person.
    func sealed(reason: String, list: String, statusIndex: UInt64) throws -> [UInt8] {
        try fields.sealed(Array(reason.utf8), at: Self.place(ofReasonIn: list, statusIndex))
    }

    /// The unsealed reason of a revocation; nil once its epoch key is gone.
    ///
    /// - Throws: `registry_corrupt` when the row does not open under the registry's keys.
    func reason(_ sealed: [UInt8], list: String, statusIndex: UInt64) throws -> String? {
        switch try fields.opened(sealed, at: Self.place(ofReasonIn: list, statusIndex)) {
        case .plain(let bytes): return String(decoding: bytes, as: UTF8.self)
        case .lost: return nil
        case nil: throw Self.unopened("a revocation's reason")
        }
    }

    /// The answer to an idempotency key, sealed for the key, because it may have a code's text.
    func sealed(answer: [UInt8], toKey key: String) throws -> [UInt8] {
        try fields.sealed(shortLived: answer, at: Self.place(ofAnswerTo: key))
    }

    /// The unsealed answer to an idempotency key.
    ///
    /// - Throws: `field_lost` once its epoch key is gone; `registry_corrupt` when the row does not open.
    func answer(_ kept: KeptAnswer) throws -> [UInt8] {
        switch try fields.opened(kept.sealedAnswer, at: Self.place(ofAnswerTo: kept.key)) {
        case .plain(let bytes): return bytes
        case .lost:
            throw StorageError.fieldLost(
                "the answer to this idempotency key",
                "find out whether the request was carried out, then send it with a new key")
        case nil: throw Self.unopened("a kept answer")
        }
    }

    static func unopened(_ what: String) -> StorageError {
        StorageError(
            code: .registryCorrupt, reason: "\(what) does not open under this registry's keys",
            hint: "restore the key files and the epoch keys that this registry was made with")
    }

    static func place(ofAnswerTo key: String) -> [UInt8] {
        Array("suishen idempotent answer v1 \(key)".utf8)
    }

    /// The bytes that a reason is bound to; they are longer than the bytes that a person's row is bound to.
    static func place(ofReasonIn list: String, _ statusIndex: UInt64) -> [UInt8] {
        Array("suishen revocation reason v1 \(list) \(statusIndex)".utf8)
    }
}

/// The fields of rows that earlier versions sealed under the registry's own key; only an upgrade reads them.
extension FieldCipher {
    /// A field in the form of an earlier version, for the steps of an upgrade that come before the present form.
    func earlierSealed(_ plaintext: [UInt8], at place: [UInt8]) throws -> [UInt8] {
        try sealed(token: plaintext, subject: place)
    }

    /// A row of an earlier version, sealed anew under a key of its own.
    ///
    /// - Throws: `registry_corrupt` when the row does not open under the registry's key.
    func resealed(_ sealed: [UInt8], at place: [UInt8]) throws -> [UInt8] {
        try fields.sealed(earlier(sealed, at: place), at: place)
    }

    /// Like ``resealed(_:at:)``, for a row that ends by itself.
    func resealed(shortLived sealed: [UInt8], at place: [UInt8]) throws -> [UInt8] {
        try fields.sealed(shortLived: earlier(sealed, at: place), at: place)
    }

    /// An opening of an earlier version, sealed anew under a key of its own.
    func resealed(opening sealed: [UInt8], commitment: [UInt8]) throws -> [UInt8] {
        let key = try HKDF.derive(
            .sha256, key: sealingKey, salt: [], info: Array("suishen openings at rest v1".utf8),
            byteCount: Self.keyByteCount)
        let nonce = Array(commitment.prefix(Self.nonceByteCount))
        guard let plain = try AuthenticatedCipher.open(sealed, key: key, nonce: nonce, additionalData: commitment)
        else { throw Self.unopened("an opening") }
        return try fields.sealed(plain, at: commitment)
    }

    private func earlier(_ sealed: [UInt8], at place: [UInt8]) throws -> [UInt8] {
        guard let plain = try opened(token: sealed, subject: place) else {
            throw Self.unopened("a row of an earlier version")
        }
        return plain
    }
}
