package import QRStandard

/// Finds the mask with the lowest penalty; libqrencode would spend nine tenths of its time on this search.
package enum MaskChooser {
    /// Applies a mask to the symbol and adds the format information.
    ///
    /// - Parameters:
    ///   - drawn: the symbol with mask 0.
    ///   - level: the level for the format information.
    ///   - mask: the mask to apply; nil selects the first mask with the lowest penalty.
    /// - Returns: the finished symbol.
    package static func symbol(_ drawn: DrawnSymbol, level: QRLevel, mask: Int?) -> QRSymbol {
        switch drawn.size {
        case ...64: symbol(drawn, level, mask, patterns: narrowPatterns)
        case ...128: symbol(drawn, level, mask, patterns: middlePatterns)
        default: symbol(drawn, level, mask, patterns: widePatterns)
        }
    }

    private static let narrowPatterns = (0..<MaskPattern.count).map { MaskPattern.rows($0, as: UInt64.self) }
    private static let middlePatterns = (0..<MaskPattern.count).map { MaskPattern.rows($0, as: UInt128.self) }
    private static let widePatterns = (0..<MaskPattern.count).map { MaskPattern.rows($0, as: WideModuleRow.self) }

    private static func symbol<Row: ModuleRow>(
        _ drawn: DrawnSymbol, _ level: QRLevel, _ mask: Int?, patterns: [[Row]]
    ) -> QRSymbol {
        let size = drawn.size
        let bits = SymbolBits<Row>(drawn)
        let formatPlaces = FormatInformation.places(size: size)
        var best = (mask: 0, penalty: Int.max, rows: [Row]())
        var rows = [Row](repeating: .zero, count: size + 2 * MaskPenalty<Row>.margin)
        for candidate in mask.map({ $0...$0 }) ?? 0...(MaskPattern.count - 1) {
            bits.write(mask: patterns[candidate], unmask: patterns[0], into: &rows)
            let format = FormatInformation.bits(level: level, mask: candidate)
            for place in formatPlaces {
                rows[place.row + MaskPenalty<Row>.margin][bit: place.column] = format >> place.bit & 1 == 1
            }
            let penalty = mask == nil ? MaskPenalty<Row>.score(rows, size: size) : 0
            if penalty < best.penalty { best = (candidate, penalty, rows) }
        }
        return QRSymbol(
            version: drawn.version, level: level, mask: best.mask, size: size,
            modules: SymbolBits<Row>.modules(best.rows, size: size))
    }
}

/// A drawn symbol as rows of bits: the dark modules, and the modules that a mask changes.
private struct SymbolBits<Row: ModuleRow> {
    private var dark: [Row]
    private var maskable: [Row]

    init(_ drawn: DrawnSymbol) {
        dark = []
        maskable = []
        dark.reserveCapacity(drawn.size)
        maskable.reserveCapacity(drawn.size)
        for row in 0..<drawn.size {
            var darkRow = Row.zero
            var maskableRow = Row.zero
            for column in 0..<drawn.size {
                let flags = drawn.flags[row * drawn.size + column]
                if flags & 1 == 1 { darkRow[bit: column] = true }
                if flags & 0x80 == 0 { maskableRow[bit: column] = true }
            }
            dark.append(darkRow)
            maskable.append(maskableRow)
        }
    }

    func write(mask: [Row], unmask: [Row], into rows: inout [Row]) {
        var phase = 0
        for index in dark.indices {
            rows[index + MaskPenalty<Row>.margin] = dark[index] ^ (mask[phase] ^ unmask[phase]) & maskable[index]
            phase = phase + 1 == MaskPattern.rowPeriod ? 0 : phase + 1
        }
    }

    static func modules(_ rows: [Row], size: Int) -> [UInt8] {
        unsafe [UInt8](unsafeUninitializedCapacity: size * size) { buffer, count in
            for row in 0..<size {
                let bits = rows[row + MaskPenalty<Row>.margin]
                for column in 0..<size { unsafe buffer[row * size + column] = bits[bit: column] ? 1 : 0 }
            }
            count = size * size
        }
    }
}

extension MaskPattern {
    /// The rows of one pattern, the first `rowPeriod` of them.
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
