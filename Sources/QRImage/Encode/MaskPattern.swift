/// The eight mask patterns (ISO/IEC 18004 §7.8.2, table 10).
enum MaskPattern {
    static let count = 8
    /// The number of rows after which every pattern repeats.
    static let rowPeriod = 12

    static func isInverted(mask: Int, row: Int, column: Int) -> Bool {
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

    /// The first `rowPeriod` rows of one pattern.
    static func rows<Row: ModuleRow>(_ mask: Int, as _: Row.Type) -> [Row] {
        (0..<rowPeriod).map { row -> Row in
            var bits = Row.zero
            for column in 0..<Row.moduleCount where isInverted(mask: mask, row: row, column: column) {
                bits[bit: column] = true
            }
            return bits
        }
    }
}
