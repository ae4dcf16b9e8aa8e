/// Key derivation by extract and expand (RFC 5869).
package enum HKDF {
    /// The most bytes of one derivation: 255 blocks (RFC 5869 §2.3).
    package static let byteCountMax = 255 * DigestAlgorithm.byteCount

    /// Derives `byteCount` bytes from `key`.
    ///
    /// - Parameters:
    ///   - algorithm: the digest below HMAC.
    ///   - key: the input keying material.
    ///   - salt: may be empty, which means 32 zero bytes (RFC 5869 §2.2).
    ///   - info: the purpose of the derived key.
    ///   - byteCount: 1 to 8,160.
    /// - Returns: the derived key.
    /// - Throws: `length_out_of_range`.
    package static func derive(
        _ algorithm: DigestAlgorithm, key: [UInt8], salt: [UInt8], info: [UInt8], byteCount: Int
    ) throws(SigningError) -> [UInt8] {
        guard (1...byteCountMax).contains(byteCount) else {
            throw .length("a derived key", byteCount, allowed: "1 to \(byteCountMax)")
        }
        let extracted = HMAC.code(algorithm, key: salt, message: key)
        var derived: [UInt8] = []
        var block: [UInt8] = []
        var counter: UInt8 = 1
        while derived.count < byteCount {
            block = HMAC.code(algorithm, key: extracted, message: block + info + [counter])
            derived.append(contentsOf: block.prefix(byteCount - derived.count))
            counter &+= 1
        }
        return derived
    }
}

/// A message authentication code over a digest (RFC 2104).
package enum HMAC {
    /// Computes the authentication code of `message` under `key`: 32 bytes.
    package static func code(_ algorithm: DigestAlgorithm, key: [UInt8], message: [UInt8]) -> [UInt8] {
        var block = key.count > DigestAlgorithm.blockByteCount ? algorithm.digest(key) : key
        block.append(contentsOf: repeatElement(0, count: DigestAlgorithm.blockByteCount - block.count))
        let inner = algorithm.digest(block.map { $0 ^ 0x36 }, message)
        return algorithm.digest(block.map { $0 ^ 0x5c }, inner)
    }
}
