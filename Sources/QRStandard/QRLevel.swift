/// The error correction level: how much damage a symbol survives (ISO/IEC 18004 §7.5.1).
package enum QRLevel: String, Sendable, CaseIterable {
    /// About 7 % of the codewords can be restored.
    case low = "L"
    /// About 15 %.
    case medium = "M"
    /// About 25 %.
    case quartile = "Q"
    /// About 30 %.
    case high = "H"

    /// The two bits of the level in the format information (ISO/IEC 18004 §7.9, table 12).
    package var formatBits: Int {
        switch self {
        case .low: 0b01
        case .medium: 0b00
        case .quartile: 0b11
        case .high: 0b10
        }
    }
}
