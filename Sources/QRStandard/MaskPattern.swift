/// The eight mask patterns (ISO/IEC 18004 §7.8.2, table 10).
package enum MaskPattern {
    package static let count = 8
    /// The number of rows after which every pattern repeats.
    package static let rowPeriod = 12

    @inlinable package static func isInverted(mask: Int, row: Int, column: Int) -> Bool {
        switch mask {
        case 0: (row + column) % 2 == 0
        case 1: row % 2 == 0
        case 2: column % 3 == 0
        case 3: (row + column) % 3 == 0
        case 4: (row / 2 + column / 3) % 2 == 0
        case 5: row * column % 2 + row * column % 3 == 0
        case 6: (row * column % 2 + row * column % 3) % 2 == 0
        default: ((row + column) % 2 + row * column % 3) % 2 == 0
        }
    }
}
