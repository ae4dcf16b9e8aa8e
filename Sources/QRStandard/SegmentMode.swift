/// The modes of segments, by their indicators (ISO/IEC 18004 §7.4.2, table 2; Hanzi mode by GB/T 18284).
package enum SegmentMode: Int, Sendable, CaseIterable {
    case numeric = 0b0001
    case alphanumeric = 0b0010
    case bytes = 0b0100
    case kanji = 0b1000
    case hanzi = 0b1101

    package static let indicatorBitCount = 4

    /// The bits of a segment's character count (ISO/IEC 18004 table 3).
    package func countBitCount(version: Int) -> Int {
        let widths =
            switch self {
            case .numeric: (10, 12, 14)
            case .alphanumeric: (9, 11, 13)
            case .bytes: (8, 16, 16)
            case .kanji, .hanzi: (8, 10, 12)
            }
        return version <= 9 ? widths.0 : version <= 26 ? widths.1 : widths.2
    }
}
