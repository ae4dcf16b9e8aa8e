import COpenSSL

/// SHA-256 of a message that fits into one block with its padding, by the function below EVP.
///
/// It costs half of a digest in a context that is used again, and a gate takes 1,440 for a chain code at midday.
package enum SHA256Block {
    package static let byteCount = 64
    /// What fits beside the padding (FIPS 180-4 §5.1.1).
    package static let messageByteCountMax = 55

    /// The block of a message of at most ``messageByteCountMax`` bytes; the message may be changed in it.
    package static func padded(_ message: [UInt8]) -> [UInt8] {
        precondition(message.count <= messageByteCountMax, "a block holds the message and its padding")
        let zeros = [UInt8](repeating: 0, count: byteCount - 9 - message.count)
        let bitCount = UInt64(message.count) * 8
        return message + [0x80] + zeros + (1...8).map { UInt8(truncatingIfNeeded: bitCount >> (64 - 8 * UInt64($0))) }
    }

    /// Digests a block of 64 bytes into 32.
    package static func digest(_ block: UnsafeRawBufferPointer, into digest: UnsafeMutableRawBufferPointer) {
        precondition(block.count == byteCount && digest.count == DigestAlgorithm.byteCount, "one block, one digest")
        unsafe suishen_sha256_block(block.baseAddress, digest.baseAddress)
    }
}
