import Encoding
package import Signing

extension ChainSeed {
    package static let fileByteCountMax = 1024

    private static let header = "suishen chain seed v1"

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

    private static func field(_ name: String, _ line: Substring) -> Substring? {
        let prefix = "\(name): "
        return line.hasPrefix(prefix) ? line.dropFirst(prefix.count) : nil
    }
}
