import QREncoding
import QRStandard

/// A symbol that is made from bits, for segments that no encoder at hand writes.
struct MadeSymbol {
    /// Numbers with the bits that each of them takes.
    typealias Bits = [(value: Int, width: Int)]

    let version: Int
    let size: Int
    /// The modules row after row.
    let isDark: [Bool]

    /// Writes bits into the smallest symbol that holds them, from version `versionMin` on.
    init(_ bits: Bits, level: QRLevel = .medium, mask: Int = 3, versionMin: Int = 1) {
        var stream = BitWriter()
        for (value, width) in bits { stream.append(value, bitCount: width) }
        var version = versionMin
        while BlockLayout(version: version, level: level).dataCount * 8 < stream.bitCount + 4 { version += 1 }
        let data = stream.padded(byteCount: BlockLayout(version: version, level: level).dataCount)
        let codewords = CheckCodewords.interleaved(data, version: version, level: level)
        let drawn = DrawnSymbol(codewords: codewords, version: version)
        self.version = version
        size = drawn.size
        isDark = MaskChooser.symbol(drawn, level: level, mask: mask).modules.map { $0 == 1 }
    }

    func isDark(row: Int, column: Int) -> Bool {
        row >= 0 && column >= 0 && row < size && column < size && isDark[row * size + column]
    }
}

/// Segments as bits, with the counts of versions 1 to 9 (ISO/IEC 18004 §7.4, GB/T 18284).
extension MadeSymbol.Bits {
    static func bytes(_ bytes: [UInt8], countWidth: Int = 8) -> Self {
        [(0b0100, 4), (bytes.count, countWidth)] + bytes.map { (Int($0), 8) }
    }

    static func digit(_ digit: Int) -> Self { [(0b0001, 4), (1, 10), (digit, 4)] }

    static func characterSet(_ number: Int) -> Self { [(0b0111, 4), (number, 8)] }

    /// Hanzi mode, from GB 2312 codes.
    static func hanzi(_ codes: [Int], subset: Int = 1, countWidth: Int = 8) -> Self {
        [(0b1101, 4), (subset, 4), (codes.count, countWidth)] + codes.map { (packed($0), 13) }
    }

    private static func packed(_ code: Int) -> Int {
        let rest = code - (code < 0xb0a1 ? 0xa1a1 : 0xa6a1)
        return (rest >> 8) * 0x60 + rest & 0xff
    }

    static func partHeader(_ index: Int, of count: Int, parity: UInt8) -> Self {
        [(0b0011, 4), (index, 4), (count - 1, 4), (Int(parity), 8)]
    }
}
