import QRStandard

@testable import QRReading

/// A symbol that is made from bits, for segments that no encoder at hand writes.
struct MadeSymbol {
    /// Numbers with the bits that each of them takes.
    typealias Bits = [(value: Int, width: Int)]

    let version: Int
    let size: Int
    /// The modules row after row.
    private(set) var isDark: [Bool]

    /// Writes bits into the smallest symbol that holds them, from version `versionMin` on.
    init(_ bits: Bits, level: QRLevel = .medium, mask: Int = 3, versionMin: Int = 1) {
        let stream = bits.flatMap { value, width in (0..<width).map { value >> (width - 1 - $0) & 1 } } + [0, 0, 0, 0]
        var version = versionMin
        while Self.dataCount(BlockLayout(version: version, level: level)) * 8 < stream.count { version += 1 }
        let layout = SymbolLayout.of(version: version)
        let blocks = BlockLayout(version: version, level: level)
        var data = stride(from: 0, to: stream.count, by: 8).map { first in
            (0..<8).reduce(UInt8(0)) { $0 << 1 | UInt8(first + $1 < stream.count ? stream[first + $1] : 0) }
        }
        while data.count < Self.dataCount(blocks) { data.append(data.count % 2 == 0 ? 0xec : 0x11) }
        self.version = version
        size = layout.size
        isDark = [Bool](repeating: false, count: size * size)
        for module in layout.fixed { isDark[module.row * size + module.column] = module.isDark }
        let format = FormatInformation.bits(level: level, mask: mask)
        for place in layout.formatPlaces { isDark[place.row * size + place.column] = format >> place.bit & 1 == 1 }
        if VersionInformation.versions.contains(version) { writeVersion() }
        let codewords = Self.codewords(data, blocks)
        for index in 0..<(codewords.count * 8) {
            let place = layout.dataPlaces[index]
            let isSet = codewords[index / 8] >> UInt8(7 - index % 8) & 1 == 1
            isDark[place] = isSet != MaskPattern.isInverted(mask: mask, row: place / size, column: place % size)
        }
    }

    func isDark(row: Int, column: Int) -> Bool {
        row >= 0 && column >= 0 && row < size && column < size && isDark[row * size + column]
    }

    private static func dataCount(_ blocks: BlockLayout) -> Int {
        blocks.codewordCount - blocks.checkCount * blocks.blockCount
    }

    private mutating func writeVersion() {
        let bits = VersionInformation.bits(version: version)
        for bit in 0..<VersionInformation.bitCount {
            let (row, column) = VersionInformation.place(ofBit: bit, size: size)
            isDark[row * size + column] = bits >> bit & 1 == 1
            isDark[column * size + row] = bits >> bit & 1 == 1
        }
    }

    /// Adds the check codewords, and interleaves the blocks.
    private static func codewords(_ data: [UInt8], _ blocks: BlockLayout) -> [UInt8] {
        var result = [UInt8](repeating: 0, count: blocks.codewordCount)
        var first = 0
        for index in 0..<blocks.blockCount {
            let count = blocks.codewordCount(ofBlock: index) - blocks.checkCount
            let block = Array(data[first..<(first + count)])
            first += count
            for (place, codeword) in (block + checks(block, count: blocks.checkCount)).enumerated() {
                result[blocks.codeword(place, ofBlock: index)] = codeword
            }
        }
        return result
    }

    /// The remainder of the block by the generator, whose roots are the powers 0 to `count` - 1 of 2.
    private static func checks(_ block: [UInt8], count: Int) -> [UInt8] {
        var generator: [UInt8] = [1]
        for power in 0..<count {
            let root = GaloisField.power(power)
            generator =
                [generator[0]]
                + (1...generator.count).map { place in
                    (place < generator.count ? generator[place] : 0)
                        ^ GaloisField.multiply(generator[place - 1], root)
                }
        }
        var remainder = block + [UInt8](repeating: 0, count: count)
        for place in block.indices {
            let factor = remainder[place]
            for degree in 0...count { remainder[place + degree] ^= GaloisField.multiply(generator[degree], factor) }
        }
        return Array(remainder.suffix(count))
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
