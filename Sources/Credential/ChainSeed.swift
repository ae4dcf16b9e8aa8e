package import Signing

/// A phone's record of its hash chain: the last value and the number of slots.
package struct ChainSeed: Sendable, Equatable {
    /// x(N), 16 random bytes; a secret.
    let value: [UInt8]
    package let slotCount: Int
    package let digest: DigestAlgorithm

    /// Takes a seed.
    ///
    /// - Parameters:
    ///   - value: 16 random bytes, used for one credential only.
    ///   - slotCount: 1 to 2,880.
    ///   - digest: SHA-256, or SM3 in suite `sm2`.
    /// - Throws: `seed_malformed` for a count or a value of another length.
    package init(value: [UInt8], slotCount: Int, digest: DigestAlgorithm) throws(CredentialError) {
        guard (1...HashChain.slotCountMax).contains(slotCount), value.count == HashChain.linkByteCount else {
            throw Self.malformed("a chain of \(slotCount) slots, expected 1 to \(HashChain.slotCountMax)")
        }
        self.value = value
        self.slotCount = slotCount
        self.digest = digest
    }

    /// The anchor x(0), the only value that the issuer sees.
    package var anchor: [UInt8] {
        HashChain(digest: digest).walk(from: value, at: slotCount, to: 0)
    }

    /// The link of a slot, x(`slot` + 1); nil after the last slot.
    package func link(slot: Int) -> [UInt8]? {
        guard (0..<slotCount).contains(slot) else { return nil }
        return HashChain(digest: digest).walk(from: value, at: slotCount, to: slot + 1)
    }

    static func malformed(_ reason: @autoclosure () -> String) -> CredentialError {
        CredentialError(
            code: .seedMalformed, reason: reason(), hint: "make one with `suishen device chain --out SEED`")
    }
}
