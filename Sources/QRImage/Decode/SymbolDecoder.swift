/// Turns sampled modules into a payload (ISO/IEC 18004 §12).
///
/// It keeps its buffers from symbol to symbol.
struct SymbolDecoder {
    /// Why modules are no payload, or which.
    enum Answer: Equatable {
        case payload(Payload)
        /// One of several symbols that share a text.
        case part
        case failed
    }

    /// At most so many of the 15 format bits may be wrong for the format to be believed (ISO/IEC 18004 annex C).
    private static let formatErrorCountMax = 3

    private var codewords: [UInt8] = []
    private var block: [UInt8] = []
    private var data: [UInt8] = []
    private var reader = PayloadReader()

    /// Decodes a symbol.
    ///
    /// - Parameters:
    ///   - isDark: the modules, row after row.
    ///   - version: 1 to 40, which says how many modules there are.
    /// - Returns: the payload, when the checks of every block and the whole bit stream agree.
    mutating func decode(_ isDark: [Bool], version: Int) -> Answer {
        let layout = SymbolLayout.of(version: version)
        guard let format = Self.format(isDark, layout),
            readData(isDark, layout, level: format.level, mask: format.mask)
        else { return .failed }
        return reader.read(data, version: version)
    }

    /// The nearest of the 32 formats, over both copies.
    private static func format(_ isDark: [Bool], _ layout: SymbolLayout) -> (level: QRLevel, mask: Int)? {
        var (copy, otherCopy) = (0, 0)
        for place in layout.formatPlaces where isDark[place.row * layout.size + place.column] {
            if place.isFirstCopy { copy |= 1 << place.bit } else { otherCopy |= 1 << place.bit }
        }
        var best = (distance: formatErrorCountMax + 1, level: QRLevel.low, mask: 0)
        for (level, mask, bits) in FormatInformation.all {
            let distance = min((copy ^ bits).nonzeroBitCount, (otherCopy ^ bits).nonzeroBitCount)
            if distance < best.distance { best = (distance, level, mask) }
        }
        return best.distance <= formatErrorCountMax ? (best.level, best.mask) : nil
    }

    /// Reads the codewords and puts them right, block after block; false when one cannot be.
    private mutating func readData(_ isDark: [Bool], _ layout: SymbolLayout, level: QRLevel, mask: Int) -> Bool {
        let blocks = BlockLayout(version: layout.version, level: level)
        codewords.removeAll(keepingCapacity: true)
        var codeword: UInt8 = 0
        for index in 0..<(blocks.codewordCount * 8) {
            let place = layout.dataPlaces[index]
            let inverted = MaskPattern.isInverted(mask: mask, row: place / layout.size, column: place % layout.size)
            codeword = codeword << 1 | (isDark[place] != inverted ? 1 : 0)
            if index & 7 == 7 { codewords.append(codeword) }
        }
        let correctionCountMax = blocks.correctionCountMax(version: layout.version, level: level)
        data.removeAll(keepingCapacity: true)
        for index in 0..<blocks.blockCount {
            gather(index, of: blocks)
            guard
                ReedSolomon.correct(
                    &block, checkCount: blocks.checkCount, correctionCountMax: correctionCountMax) != nil
            else { return false }
            data.append(contentsOf: block.dropLast(blocks.checkCount))
        }
        return true
    }

    /// Takes one block's codewords out from among the others'.
    private mutating func gather(_ index: Int, of layout: BlockLayout) {
        block.removeAll(keepingCapacity: true)
        for place in 0..<layout.shortDataCount { block.append(codewords[place * layout.blockCount + index]) }
        let firstLong = layout.blockCount - layout.longBlockCount
        let endOfShort = layout.shortDataCount * layout.blockCount
        if index >= firstLong { block.append(codewords[endOfShort + index - firstLong]) }
        let firstCheck = endOfShort + layout.longBlockCount
        for place in 0..<layout.checkCount { block.append(codewords[firstCheck + place * layout.blockCount + index]) }
    }
}

extension FormatInformation {
    /// Every format there is.
    static let all: [(level: QRLevel, mask: Int, bits: Int)] = QRLevel.allCases.flatMap { level in
        (0..<MaskPattern.count).map { (level, $0, bits(level: level, mask: $0)) }
    }
}
