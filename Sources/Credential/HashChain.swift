package import Signing

/// The hash chain of a chain code: x(i) is the first 16 bytes of the digest of `suishen chain v1` ‖ i ‖ x(i + 1).
package struct HashChain: Sendable {
    package static let linkByteCount = 16
    package static let slotSeconds: UInt64 = 30
    /// The longest chain: one day of slots.
    package static let slotCountMax = 2880

    package let digest: DigestAlgorithm

    package init(digest: DigestAlgorithm) {
        self.digest = digest
    }

    /// The number of slots in a lifetime; the last slot may be shorter.
    package static func slotCount(from issuedAt: UInt64, to expiresAt: UInt64) -> Int {
        guard expiresAt > issuedAt else { return 0 }
        return Int(min((expiresAt - issuedAt - 1) / slotSeconds + 1, UInt64(slotCountMax)))
    }

    /// The slot that contains `time`, which is not before `issuedAt`.
    package static func slot(at time: UInt64, from issuedAt: UInt64) -> UInt64 { (time - issuedAt) / slotSeconds }
}
