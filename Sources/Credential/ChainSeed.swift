import Encoding
package import Signing

/// A phone's record of its hash chain: the last value and the number of slots.
package struct ChainSeed: Sendable, Equatable {
    package static let fileByteCountMax = 1024

    private static let header = "suishen chain seed v1"

    /// x(N), 16 random bytes; a secret.
    private let value: [UInt8]
    package let slotCount: Int
    package let digest: DigestAlgorithm

    /// Generates a seed.
    ///
    /// - Parameters:
    ///   - slotCount: 1 to 2,880.
    ///   - digest: SHA-256, or SM3 in suite `sm2`.
    ///   - random: the source of the 16 bytes.
    /// - Throws: `seed_malformed` for a count out of range, `signing_failed` without randomness.
    package init(slotCount: Int, digest: DigestAlgorithm, random: some RandomSource) throws(CredentialError) {
        let value: [UInt8]
        do {
            value = try random.bytes(HashChain.linkByteCount)
        } catch {
            throw CredentialError(error)
        }
        try self.init(value: value, slotCount: slotCount, digest: digest)
    }

    private init(value: [UInt8], slotCount: Int, digest: DigestAlgorithm) throws(CredentialError) {
        guard (1...HashChain.slotCountMax).contains(slotCount), value.count == HashChain.linkByteCount else {
            throw Self.malformed("a chain of \(slotCount) slots, expected 1 to \(HashChain.slotCountMax)")
        }
        self.value = value
        self.slotCount = slotCount
        self.digest = digest
    }

    /// Reads the output of ``encoded()``.
    ///
    /// - Parameter file: the file's bytes.
    /// - Throws: `seed_malformed`.
    package init(file: [UInt8]) throws(CredentialError) {
        let lines = String(decoding: file.prefix(Self.fileByteCountMax), as: UTF8.self)
            .split(separator: "\n", omittingEmptySubsequences: true)
        guard lines.count == 4, lines[0] == Self.header, let digest = Self.field("digest", lines[1]),
            let algorithm = DigestAlgorithm.allCases.first(where: { "\($0)" == digest }),
            let slots = Self.field("slots", lines[2]).flatMap({ Int($0) }),
            let value = Self.field("seed", lines[3]).flatMap({ try? Hex.decode($0) })
        else { throw Self.malformed("the file is not a chain's seed file") }
        try self.init(value: value, slotCount: slots, digest: algorithm)
    }

    /// The file's four lines: header, digest, slots and seed.
    package func encoded() -> [UInt8] {
        Array("\(Self.header)\ndigest: \(digest)\nslots: \(slotCount)\nseed: \(Hex.encode(value))\n".utf8)
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

    private static func field(_ name: String, _ line: Substring) -> Substring? {
        let prefix = "\(name): "
        return line.hasPrefix(prefix) ? line.dropFirst(prefix.count) : nil
    }

    private static func malformed(_ reason: String) -> CredentialError {
        CredentialError(
            code: .seedMalformed, reason: reason, hint: "make one with `suishen device chain --out SEED`")
    }
}
