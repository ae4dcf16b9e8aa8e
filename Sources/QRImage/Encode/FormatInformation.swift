/// The 15 bits that say level and mask, twice in every symbol (ISO/IEC 18004 §7.9).
enum FormatInformation {
    static func bits(level: QRLevel, mask: Int) -> Int {
        let data = level.formatBits << 3 | mask
        var remainder = data << 10
        for bit in (10..<15).reversed() where remainder >> bit & 1 == 1 { remainder ^= 0b101_0011_0111 << (bit - 10) }
        return (data << 10 | remainder) ^ 0b101_0100_0001_0010
    }

    /// Where each bit stands, lowest bit first: around the upper left finder, and split over the two others.
    static func places(size: Int) -> [(bit: Int, row: Int, column: Int)] {
        (0..<15).flatMap { bit -> [(bit: Int, row: Int, column: Int)] in
            let first =
                switch bit {
                case 0...5: (bit, bit, 8)
                case 6: (bit, 7, 8)
                case 7: (bit, 8, 8)
                case 8: (bit, 8, 7)
                default: (bit, 8, 14 - bit)
                }
            return [first, bit < 8 ? (bit, 8, size - 1 - bit) : (bit, size - 15 + bit, 8)]
        }
    }
}
