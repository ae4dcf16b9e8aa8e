import QREncoding
import QRStandard

/// The kinds of content that the encoder is tested with.
enum SymbolContent: CaseIterable, CustomTestStringConvertible {
    case numeric
    case alphanumeric
    case bytes
    /// The address of a code: bytes, and a long alphanumeric end.
    case address

    private static let beginning = Array("https://c".utf8)

    var testDescription: String { "\(self)" }

    /// The most bytes of this content that a version holds; nil where the content has a longer minimum.
    func byteCountMax(version: Int, level: QRLevel) -> Int? {
        let capacity = BlockLayout(version: version, level: level).dataCount * 8
        func room(_ mode: SegmentMode) -> Int {
            SegmentMode.indicatorBitCount + mode.countBitCount(version: version)
        }
        switch self {
        case .numeric:
            let left = capacity - room(.numeric)
            return left / 10 * 3 + (left % 10 >= 7 ? 2 : left % 10 >= 4 ? 1 : 0)
        case .alphanumeric: return Self.alphanumericCount(capacity - room(.alphanumeric))
        case .bytes: return (capacity - room(.bytes)) / 8
        case .address:
            let left = capacity - room(.bytes) - Self.beginning.count * 8 - room(.alphanumeric)
            let count = left < 0 ? 0 : Self.alphanumericCount(left)
            return count < 16 ? nil : Self.beginning.count + count
        }
    }

    private static func alphanumericCount(_ bitCount: Int) -> Int {
        bitCount / 11 * 2 + (bitCount % 11 >= 6 ? 1 : 0)
    }

    /// Content of so many bytes.
    func payload(byteCount: Int) -> [UInt8] {
        switch self {
        case .numeric: (0..<byteCount).map { 0x30 + UInt8(($0 * 7 + $0 / 10) % 10) }
        case .alphanumeric: Self.alphanumeric(byteCount)
        case .bytes: (0..<byteCount).map { UInt8(truncatingIfNeeded: $0 * 151 + $0 / 256 + 0xc3) }
        case .address: Self.beginning + Self.alphanumeric(byteCount - Self.beginning.count)
        }
    }

    private static func alphanumeric(_ byteCount: Int) -> [UInt8] {
        (0..<byteCount).map { Alphanumeric.characters[($0 * 7 + $0 / 45 + 11) % 45] }
    }

    func segments(_ payload: [UInt8]) -> [SymbolSegment] {
        switch self {
        case .numeric: [SymbolSegment(payload[...], mode: .numeric)].compactMap { $0 }
        case .bytes: [SymbolSegment(payload[...], mode: .bytes)].compactMap { $0 }
        case .alphanumeric, .address: SymbolSegment.segments(of: payload)
        }
    }
}
