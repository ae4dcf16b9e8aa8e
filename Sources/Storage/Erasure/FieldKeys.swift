package import Signing

/// Seals fields so that they end with a key: each lasting field has a key of its own, wrapped by an epoch key.
///
/// A lasting field is `2`, the epoch key's number (4 bytes), a nonce (12), the wrapped key (48), and the ciphertext with
/// its tag. A short-lived field is `3`, the number, a nonce, and the ciphertext with its tag, all under the epoch key.
/// Every cipher is AES-256-CCM (NIST SP 800-38C), bound to the field's place.
package struct FieldKeys: Sendable {
    private static let lasting: UInt8 = 2
    private static let shortLived: UInt8 = 3
    private static let headerByteCount = 5
    private static let nonceByteCount = 12
    private static let tagByteCount = 16
    private static var wrappedEnd: Int { headerByteCount + nonceByteCount + FieldCipher.keyByteCount + tagByteCount }
    /// Each field's key seals one text only, so its nonce may be constant.
    private static let onlyNonce = [UInt8](repeating: 0, count: nonceByteCount)

    package let ring: EpochKeyRing
    private let random: any RandomSource

    package init(_ ring: EpochKeyRing, random: any RandomSource) {
        (self.ring, self.random) = (ring, random)
    }

    /// A field's content.
    enum Content: Equatable {
        case plain([UInt8])
        /// The epoch key is gone, and the content with it.
        case lost
    }

    /// Seals a lasting field under a new key.
    ///
    /// - Parameters:
    ///   - plaintext: the content.
    ///   - place: bytes that name the field's row; the field opens in no other.
    /// - Returns: the sealed field.
    /// - Throws: an error of the cipher.
    func sealed(_ plaintext: [UInt8], at place: [UInt8]) throws -> [UInt8] {
        let drawn = try random.bytes(FieldCipher.keyByteCount + Self.nonceByteCount)
        var key = Array(drawn.prefix(FieldCipher.keyByteCount))
        defer { SecretFile.wipe(&key) }
        return try wrapped(key, by: ring.current, nonce: Array(drawn.suffix(Self.nonceByteCount)), at: place)
            + AuthenticatedCipher.seal(plaintext, key: key, nonce: Self.onlyNonce, additionalData: place)
    }

    /// Seals a field that ends by itself within days, directly under the epoch key.
    func sealed(shortLived plaintext: [UInt8], at place: [UInt8]) throws -> [UInt8] {
        let epoch = ring.current
        let header = Self.header(Self.shortLived, epoch.number)
        let nonce = try random.bytes(Self.nonceByteCount)
        return header + nonce
            + (try AuthenticatedCipher.seal(
                plaintext, key: epoch.directKey, nonce: nonce, additionalData: header + place))
    }

    /// Opens a field.
    ///
    /// - Returns: nil for bytes that were not sealed for this place with these keys.
    func opened(_ sealed: [UInt8], at place: [UInt8]) throws -> Content? {
        guard let number = Self.epoch(of: sealed) else { return nil }
        guard let epoch = try ring.current(orNewer: number) else { return .lost }
        let nonce = Array(sealed[Self.headerByteCount..<Self.headerByteCount + Self.nonceByteCount])
        if sealed[0] == Self.shortLived {
            let text = Array(sealed[(Self.headerByteCount + Self.nonceByteCount)...])
            return try AuthenticatedCipher.open(
                text, key: epoch.directKey, nonce: nonce,
                additionalData: sealed.prefix(Self.headerByteCount) + place
            ).map { .plain($0) }
        }
        guard var key = try unwrapped(sealed, by: epoch, at: place) else { return nil }
        defer { SecretFile.wipe(&key) }
        return try AuthenticatedCipher.open(
            Array(sealed[Self.wrappedEnd...]), key: key, nonce: Self.onlyNonce, additionalData: place
        ).map { .plain($0) }
    }

    /// A lasting field with its key wrapped by the current epoch key; the ciphertext stays as it is.
    ///
    /// - Returns: nil where the current key wraps it already, or its epoch key is gone; other bytes of the same length
    ///   otherwise.
    /// - Throws: `registry_corrupt` for a field that its epoch key does not open.
    func rewrapped(_ sealed: [UInt8], at place: [UInt8]) throws -> [UInt8]? {
        let current = ring.current
        guard let number = Self.epoch(of: sealed), sealed[0] == Self.lasting, number < current.number,
            let epoch = ring.key(number)
        else { return nil }
        guard var key = try unwrapped(sealed, by: epoch, at: place) else {
            throw StorageError.corruptRow("a sealed field does not open under its epoch key")
        }
        defer { SecretFile.wipe(&key) }
        return try wrapped(key, by: current, nonce: random.bytes(Self.nonceByteCount), at: place)
            + sealed[Self.wrappedEnd...]
    }

    /// The number of the epoch key that a field needs; nil for bytes that are no field.
    static func epoch(of sealed: [UInt8]) -> UInt32? {
        let least = sealed.first == lasting ? wrappedEnd : headerByteCount + nonceByteCount
        guard let version = sealed.first, [lasting, shortLived].contains(version),
            sealed.count >= least + tagByteCount
        else { return nil }
        return sealed[1..<headerByteCount].reduce(0) { $0 << 8 | UInt32($1) }
    }

    /// The first bytes of every field under an epoch key: of lasting fields, then of short-lived ones.
    static func headers(of epoch: UInt32) -> [[UInt8]] { [header(lasting, epoch), header(shortLived, epoch)] }

    private static func header(_ version: UInt8, _ epoch: UInt32) -> [UInt8] {
        [version] + (0..<4).reversed().map { UInt8(truncatingIfNeeded: epoch >> UInt32(8 * $0)) }
    }

    private func wrapped(_ key: [UInt8], by epoch: FieldEpochKey, nonce: [UInt8], at place: [UInt8]) throws -> [UInt8] {
        let header = Self.header(Self.lasting, epoch.number)
        return header + nonce
            + (try AuthenticatedCipher.seal(
                key, key: epoch.wrappingKey, nonce: nonce, additionalData: header + place))
    }

    private func unwrapped(_ sealed: [UInt8], by epoch: FieldEpochKey, at place: [UInt8]) throws -> [UInt8]? {
        let start = Self.headerByteCount + Self.nonceByteCount
        return try AuthenticatedCipher.open(
            Array(sealed[start..<Self.wrappedEnd]), key: epoch.wrappingKey,
            nonce: Array(sealed[Self.headerByteCount..<start]),
            additionalData: sealed.prefix(Self.headerByteCount) + place)
    }
}
