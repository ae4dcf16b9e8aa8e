package import QRStandard

/// A part of a symbol's content in one mode (ISO/IEC 18004 §7.4).
package struct SymbolSegment: Sendable, Equatable {
    /// Numeric, alphanumeric or byte mode.
    package let mode: SegmentMode
    package let bytes: ArraySlice<UInt8>

    /// Takes bytes for a mode; nil where the mode cannot hold one of them, and for kanji and Hanzi mode.
    package init?(_ bytes: ArraySlice<UInt8>, mode: SegmentMode) {
        switch mode {
        case .numeric: guard bytes.allSatisfy(Self.digits.contains) else { return nil }
        case .alphanumeric: guard Alphanumeric.holds(bytes) else { return nil }
        case .bytes: break
        case .kanji, .hanzi: return nil
        }
        self.mode = mode
        self.bytes = bytes
    }

    /// Alphanumeric mode where every byte allows it, byte mode otherwise.
    private init(_ bytes: ArraySlice<UInt8>) {
        mode = Alphanumeric.holds(bytes) ? .alphanumeric : .bytes
        self.bytes = bytes
    }

    private static let digits = UInt8(ascii: "0")...UInt8(ascii: "9")

    /// A long alphanumeric end is a segment of its own; shorter ones would cost more than they save.
    private static let alphanumericEndMin = 16

    /// The bytes as one segment, or as the bytes before a long alphanumeric end and that end.
    package static func segments(of bytes: [UInt8]) -> [SymbolSegment] {
        let start = Alphanumeric.suffixStart(of: bytes)
        guard start > 0, bytes.count - start >= alphanumericEndMin else { return [SymbolSegment(bytes[...])] }
        return [SymbolSegment(bytes[..<start]), SymbolSegment(bytes[start...])]
    }

    /// The bits of the segment; nil where its count has too few bits in this version.
    func bitCount(version: Int) -> Int? {
        let countBitCount = mode.countBitCount(version: version)
        guard bytes.count < 1 << countBitCount else { return nil }
        let contentBitCount =
            switch mode {
            case .numeric: bytes.count / 3 * 10 + [0, 4, 7][bytes.count % 3]
            case .alphanumeric: bytes.count / 2 * 11 + bytes.count % 2 * 6
            default: bytes.count * 8
            }
        return SegmentMode.indicatorBitCount + countBitCount + contentBitCount
    }

    func write(to bits: inout BitWriter, version: Int) {
        bits.append(mode.rawValue, bitCount: SegmentMode.indicatorBitCount)
        bits.append(bytes.count, bitCount: mode.countBitCount(version: version))
        switch mode {
        case .numeric: writeGroups(of: 3, bitCounts: [0, 4, 7, 10], base: 10, to: &bits) { Int($0 & 0xf) }
        case .alphanumeric:
            writeGroups(of: 2, bitCounts: [0, 6, 11], base: 45, to: &bits) { Alphanumeric.value($0) ?? 0 }
        default: for byte in bytes { bits.append(Int(byte), bitCount: 8) }
        }
    }

    private func writeGroups(
        of count: Int, bitCounts: [Int], base: Int, to bits: inout BitWriter, value: (UInt8) -> Int
    ) {
        var (group, groupCount) = (0, 0)
        for byte in bytes {
            group = group * base + value(byte)
            groupCount += 1
            guard groupCount == count else { continue }
            bits.append(group, bitCount: bitCounts[groupCount])
            (group, groupCount) = (0, 0)
        }
        bits.append(group, bitCount: bitCounts[groupCount])
    }
}
