package import Signing

/// The hash chain of a chain code: x(i) is the first 16 bytes of the digest of `suishen chain v1` ‖ i ‖ x(i + 1).
package struct HashChain: Sendable {
    package static let linkByteCount = 16
    package static let slotSeconds: UInt64 = 30
    /// A day of slots, the most a chain may have.
    package static let slotCountMax = 2880

    private static let label = Array("suishen chain v1".utf8)

    package let digest: DigestAlgorithm

    package init(digest: DigestAlgorithm) {
        self.digest = digest
    }

    /// How many slots a lifetime has, the last one perhaps cut short.
    package static func slotCount(from issuedAt: UInt64, to expiresAt: UInt64) -> Int {
        guard expiresAt > issuedAt else { return 0 }
        return Int(min((expiresAt - issuedAt - 1) / slotSeconds + 1, UInt64(slotCountMax)))
    }

    /// Hashes `slot` + 1 times: from the link that is shown in a slot, x(slot + 1), to x(0).
    package func anchor(link: [UInt8], slot: Int) -> [UInt8] {
        walk(from: link, at: slot + 1, to: 0)
    }

    /// Hashes from x(`start`) down to x(`end`).
    func walk(from value: [UInt8], at start: Int, to end: Int) -> [UInt8] {
        precondition(value.count == Self.linkByteCount, "links are measured when they are read")
        let message = Self.label + [UInt8](repeating: 0, count: 4) + value
        let indices = stride(from: start - 1, through: end, by: -1)
        return digest == .sha256 ? Self.walkByBlock(message, indices) : walkByContext(message, indices)
    }

    private static let indexOffset = label.count
    private static let valueOffset = indexOffset + 4
    private static let messageByteCount = valueOffset + linkByteCount

    /// A link is one block of SHA-256, padded once.
    private static func walkByBlock(_ message: [UInt8], _ indices: StrideThrough<Int>) -> [UInt8] {
        var block = SHA256Block.padded(message)
        var digest = [UInt8](repeating: 0, count: 32)
        unsafe block.withUnsafeMutableBytes { block in
            unsafe digest.withUnsafeMutableBytes { digest in
                let value = unsafe UnsafeMutableRawBufferPointer(rebasing: block[valueOffset..<messageByteCount])
                for index in indices {
                    unsafe block.storeBytes(of: UInt32(index).bigEndian, toByteOffset: indexOffset, as: UInt32.self)
                    unsafe SHA256Block.digest(UnsafeRawBufferPointer(block), into: digest)
                    unsafe value.copyMemory(from: UnsafeRawBufferPointer(rebasing: digest[..<linkByteCount]))
                }
            }
        }
        return Array(block[valueOffset..<messageByteCount])
    }

    /// One context and one buffer serve the whole walk, each digest landing where the next message wants it.
    private func walkByContext(_ message: [UInt8], _ indices: StrideThrough<Int>) -> [UInt8] {
        var buffer = message + [UInt8](repeating: 0, count: digest.byteCount - Self.linkByteCount)
        var hasher = Hasher(digest)
        unsafe buffer.withUnsafeMutableBytes { bytes in
            for index in indices {
                unsafe bytes.storeBytes(of: UInt32(index).bigEndian, toByteOffset: Self.indexOffset, as: UInt32.self)
                unsafe hasher.update(UnsafeRawBufferPointer(rebasing: bytes[..<Self.messageByteCount]))
                unsafe hasher.finalize(into: UnsafeMutableRawBufferPointer(rebasing: bytes[Self.valueOffset...]))
            }
        }
        return Array(buffer[Self.valueOffset..<Self.messageByteCount])
    }
}
