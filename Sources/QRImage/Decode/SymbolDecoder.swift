/// Turns sampled modules into a payload (ISO/IEC 18004 §12).
enum SymbolDecoder {
    /// Why modules are no payload, or which.
    enum Answer: Equatable {
        case payload(Payload)
        /// One of several symbols that share a text.
        case part
        case failed
    }

    /// At most so many of the 15 format bits may be wrong for the format to be believed (ISO/IEC 18004 annex C).
    private static let formatErrorCountMax = 3

    /// Decodes a symbol.
    ///
    /// - Parameters:
    ///   - isDark: the modules, row after row.
    ///   - version: 1 to 40, which says how many modules there are.
    /// - Returns: the payload, when the checks of every block and the whole bit stream agree.
    static func decode(_ isDark: [Bool], version: Int) -> Answer {
        let layout = SymbolLayout.of(version: version)
        guard let format = format(isDark, size: layout.size),
            let data = dataCodewords(isDark, layout: layout, level: format.level, mask: format.mask)
        else { return .failed }
        var stream = PayloadReader(data, version: version)
        return stream.read()
    }

    /// The nearest of the 32 formats, over both copies.
    static func format(_ isDark: [Bool], size: Int) -> (level: QRLevel, mask: Int)? {
        var copies = [0, 0]
        for (index, place) in FormatInformation.places(size: size).enumerated()
        where isDark[place.row * size + place.column] {
            copies[index % 2] |= 1 << place.bit
        }
        var best = (distance: formatErrorCountMax + 1, level: QRLevel.low, mask: 0)
        for (level, mask, bits) in FormatInformation.all {
            for copy in copies {
                let distance = (copy ^ bits).nonzeroBitCount
                if distance < best.distance { best = (distance, level, mask) }
            }
        }
        return best.distance <= formatErrorCountMax ? (best.level, best.mask) : nil
    }

    private static func dataCodewords(
        _ isDark: [Bool], layout: SymbolLayout, level: QRLevel, mask: Int
    ) -> [UInt8]? {
        let blocks = BlockLayout(version: layout.version, level: level)
        var codewords = [UInt8](repeating: 0, count: blocks.codewordCount)
        for index in 0..<(blocks.codewordCount * 8) {
            let place = layout.dataPlaces[index]
            let inverted = MaskPattern.isInverted(mask: mask, row: place / layout.size, column: place % layout.size)
            if isDark[place] != inverted { codewords[index >> 3] |= 0x80 >> UInt8(index & 7) }
        }
        let correctionCountMax = blocks.correctionCountMax(version: layout.version, level: level)
        var data: [UInt8] = []
        for var block in deinterleave(codewords, blocks) {
            guard
                ReedSolomon.correct(
                    &block, checkCount: blocks.checkCount, correctionCountMax: correctionCountMax) != nil
            else { return nil }
            data.append(contentsOf: block.dropLast(blocks.checkCount))
        }
        return data
    }

    private static func deinterleave(_ codewords: [UInt8], _ layout: BlockLayout) -> [[UInt8]] {
        var blocks = [[UInt8]](repeating: [], count: layout.blockCount)
        let firstLong = layout.blockCount - layout.longBlockCount
        var index = 0
        for place in 0..<(layout.shortDataCount + 1) {
            for block in (place < layout.shortDataCount ? 0 : firstLong)..<layout.blockCount {
                blocks[block].append(codewords[index])
                index += 1
            }
        }
        for _ in 0..<layout.checkCount {
            for block in 0..<layout.blockCount {
                blocks[block].append(codewords[index])
                index += 1
            }
        }
        return blocks
    }
}

extension FormatInformation {
    /// Every format there is.
    static let all: [(level: QRLevel, mask: Int, bits: Int)] = QRLevel.allCases.flatMap { level in
        (0..<MaskPattern.count).map { (level, $0, bits(level: level, mask: $0)) }
    }
}
