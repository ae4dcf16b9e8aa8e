package import Signing

/// A key of about a week, which wraps the keys of fields and lies outside the registry and its backups.
package struct FieldEpochKey: Sendable, Equatable {
    /// The byte count of the secret.
    package static let secretByteCount = 32
    /// The seconds after which the next key begins.
    package static let seconds: UInt64 = 7 * 86_400
    /// The byte count of ``encoded``.
    package static let byteCount = magic.count + 4 + 8 + secretByteCount

    /// The key's number, counted from 1.
    package let number: UInt32
    /// Seconds since 1970-01-01T00:00:00Z.
    package let begunAt: UInt64
    /// Tells this key from another installation's, and discloses nothing of it.
    package let mark: [UInt8]
    private let secret: [UInt8]
    /// Wraps the keys of lasting fields.
    let wrappingKey: [UInt8]
    /// Seals rows that end by themselves within days.
    let directKey: [UInt8]

    private static let magic = Array("SSEPOCH1".utf8)

    /// Takes a key, and locks it into memory.
    ///
    /// - Parameters:
    ///   - number: from 1 on.
    ///   - begunAt: seconds since 1970-01-01T00:00:00Z.
    ///   - secret: 32 bytes.
    /// - Throws: `field_key_invalid` for a secret of another length.
    package init(number: UInt32, begunAt: UInt64, secret: [UInt8]) throws(StorageError) {
        func derived(_ use: String) throws(SigningError) -> [UInt8] {
            try HKDF.derive(
                .sha256, key: secret, salt: [], info: Array(use.utf8), byteCount: FieldCipher.keyByteCount)
        }
        guard secret.count == Self.secretByteCount,
            let wrappingKey = try? derived("suishen epoch key wraps field keys v1"),
            let directKey = try? derived("suishen epoch key seals short-lived fields v1")
        else {
            throw StorageError(
                code: .fieldKeyInvalid, reason: "epoch key \(number) is not \(Self.secretByteCount) bytes",
                hint: "put the epoch keys back that this registry was used with")
        }
        (self.number, self.begunAt, self.secret) = (number, begunAt, secret)
        (self.wrappingKey, self.directKey) = (wrappingKey, directKey)
        for key in [secret, wrappingKey, directKey] { SecretHeap.lock(key) }
        mark = HMAC.code(.sha256, key: secret, message: Array("suishen epoch key mark v1 \(number)".utf8))
    }

    /// Makes a new key.
    package static func make(number: UInt32, at now: UInt64, random: any RandomSource) throws -> FieldEpochKey {
        try FieldEpochKey(number: number, begunAt: now, secret: random.bytes(secretByteCount))
    }

    /// The key's file: a constant, the number (4 bytes), the begin (8 bytes) and the secret.
    package var encoded: [UInt8] {
        func bytes(_ value: UInt64, _ count: Int) -> [UInt8] {
            (0..<count).reversed().map { UInt8(truncatingIfNeeded: value >> UInt64(8 * $0)) }
        }
        return Self.magic + bytes(UInt64(number), 4) + bytes(begunAt, 8) + secret
    }

    /// Reads ``encoded``; nil for anything else.
    package init?(encoded bytes: [UInt8]) {
        guard bytes.count == Self.byteCount, bytes.starts(with: Self.magic) else { return nil }
        let rest = bytes.dropFirst(Self.magic.count)
        let number = rest.prefix(4).reduce(0) { $0 << 8 | UInt32($1) }
        let begunAt = rest.dropFirst(4).prefix(8).reduce(0) { $0 << 8 | UInt64($1) }
        guard number > 0, let key = try? FieldEpochKey(number: number, begunAt: begunAt, secret: Array(rest.suffix(32)))
        else { return nil }
        self = key
    }
}

/// What the registry knows of an epoch key: never the key itself.
package struct EpochKeyRecord: Sendable, Equatable {
    package enum Status: String, Sendable {
        /// Fields may need the key, and the service does not open without it.
        case live
        /// A recovery found the key nowhere; its fields cannot be read.
        case lost
        /// The key was overwritten after its last field had gone.
        case destroyed
    }

    package let number: UInt32
    package let mark: [UInt8]
    package let status: Status

    package init(number: UInt32, mark: [UInt8], status: Status) {
        (self.number, self.mark, self.status) = (number, mark, status)
    }
}
