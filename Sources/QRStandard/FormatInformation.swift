/// The 15 bits that encode level and mask, in two copies (ISO/IEC 18004 §7.9).
package enum FormatInformation {
    package struct Place: Sendable {
        /// The bit's number; 0 is the lowest.
        package let bit: Int
        package let isFirstCopy: Bool
        package let row: Int
        package let column: Int
    }

    package static func bits(level: QRLevel, mask: Int) -> Int {
        let data = level.formatBits << 3 | mask
        var remainder = data << 10
        for bit in (10..<15).reversed() where remainder >> bit & 1 == 1 { remainder ^= 0b101_0011_0111 << (bit - 10) }
        return (data << 10 | remainder) ^ 0b101_0100_0001_0010
    }

    /// The positions of each bit: around the upper left finder, and divided between the two others.
    package static func places(size: Int) -> [Place] {
        (0..<15).flatMap { bit -> [Place] in
            let (row, column) =
                switch bit {
                case 0...5: (bit, 8)
                case 6: (7, 8)
                case 7: (8, 8)
                case 8: (8, 7)
                default: (8, 14 - bit)
                }
            let (otherRow, otherColumn) = bit < 8 ? (8, size - 1 - bit) : (size - 15 + bit, 8)
            return [
                Place(bit: bit, isFirstCopy: true, row: row, column: column),
                Place(bit: bit, isFirstCopy: false, row: otherRow, column: otherColumn),
            ]
        }
    }
}
