/// The 18 bits that encode a version of 7 or above, in two copies (ISO/IEC 18004 §7.10).
package enum VersionInformation {
    package static let versions = 7...40
    /// The most wrong bits in a version that is accepted (ISO/IEC 18004 annex D).
    private static let errorCountMax = 3

    package static func bits(version: Int) -> Int {
        var remainder = version << 12
        for bit in (12..<18).reversed() where remainder >> bit & 1 == 1 {
            remainder ^= 0b1_1111_0010_0101 << (bit - 12)
        }
        return version << 12 | remainder
    }

    package static let bitCount = 18

    /// The position of a bit in the upper right copy, 0 for the lowest bit; the lower left copy is its transpose.
    package static func place(ofBit bit: Int, size: Int) -> (row: Int, column: Int) { (bit / 3, size - 11 + bit % 3) }

    /// The version whose bits differ from the read bits in at most three; nil if every version differs in more.
    package static func version(nearestTo read: Int) -> Int? {
        versions.first { (bits(version: $0) ^ read).nonzeroBitCount <= errorCountMax }
    }
}
