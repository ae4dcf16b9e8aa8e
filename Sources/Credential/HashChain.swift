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
        guard start > end else { return value }
        let indexOffset = Self.label.count
        let valueOffset = indexOffset + 4
        var message = Self.label + [0, 0, 0, 0] + value
        for index in stride(from: start - 1, through: end, by: -1) {
            message[indexOffset] = UInt8(truncatingIfNeeded: index >> 24)
            message[indexOffset + 1] = UInt8(truncatingIfNeeded: index >> 16)
            message[indexOffset + 2] = UInt8(truncatingIfNeeded: index >> 8)
            message[indexOffset + 3] = UInt8(truncatingIfNeeded: index)
            let hash = digest.digest(message)
            for offset in 0..<Self.linkByteCount { message[valueOffset + offset] = hash[offset] }
        }
        return Array(message[valueOffset...])
    }
}
