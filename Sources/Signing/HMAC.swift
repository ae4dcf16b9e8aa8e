/// A message authentication code over a digest (RFC 2104).
package enum HMAC {
    /// Computes the code of `message` under `key`: 32 bytes.
    package static func code(_ algorithm: DigestAlgorithm, key: [UInt8], message: [UInt8]) -> [UInt8] {
        var block = key.count > DigestAlgorithm.blockByteCount ? algorithm.digest(key) : key
        block.append(contentsOf: repeatElement(0, count: DigestAlgorithm.blockByteCount - block.count))
        let inner = algorithm.digest(block.map { $0 ^ 0x36 }, message)
        return algorithm.digest(block.map { $0 ^ 0x5c }, inner)
    }
}
