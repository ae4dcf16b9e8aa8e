/// Key derivation by extract and expand (RFC 5869).
package enum HKDF {
    /// The most bytes one derivation gives: 255 blocks (RFC 5869 §2.3).
    package static let byteCountMax = 255 * DigestAlgorithm.byteCount

    /// Derives `byteCount` bytes from `key`.
    ///
    /// - Parameters:
    ///   - algorithm: the digest below HMAC.
    ///   - key: the input keying material.
    ///   - salt: may be empty, which stands for 32 zero bytes (RFC 5869 §2.2).
    ///   - info: what the derived key is for.
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
