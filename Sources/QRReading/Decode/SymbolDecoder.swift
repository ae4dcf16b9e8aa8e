import QRStandard

/// Turns sampled modules into a payload (ISO/IEC 18004 §12).
///
/// It reuses its buffers for every symbol.
struct SymbolDecoder {
    /// The result of decoding a symbol.
    enum Answer: Equatable {
        case payload(Payload)
        /// The symbol is one of several that share a text.
        case part(SymbolPart)
        case failed
    }

    /// The most wrong bits among the 15 of the format (ISO/IEC 18004 annex C).
    private static let formatErrorCountMax = 3

    private var codewords: [UInt8] = []
    private var block: [UInt8] = []
    private var data: [UInt8] = []
    /// The certainty of each codeword, and a block's indices ordered by it, the least certain first.
    private var certainties: [Double] = []
    private var order: [Int] = []
    private var reader = PayloadReader()
    /// Whether a symbol was corrected and has a mode that no standard defines here; reset by the owner.
    var hasUnknownMode = false

    /// Decodes a symbol.
    ///
    /// - Parameters:
    ///   - isDark: the modules, row after row.
    ///   - version: 1 to 40, which determines the number of modules.
    ///   - moduleCertainties: the certainty of each module; with it, a block that has too many wrong codewords is tried
    ///     again without its least certain ones.
    /// - Returns: the payload, when every block could be corrected and the whole bit stream is valid.
    mutating func decode(_ isDark: [Bool], version: Int, moduleCertainties: [Double] = []) -> Answer {
        let layout = SymbolLayout.of(version: version)
        guard let format = Self.format(isDark, layout) else { return .failed }
        weigh(moduleCertainties, layout)
        guard readData(isDark, layout, level: format.level, mask: format.mask) else { return .failed }
        let answer = reader.read(data, version: version)
        hasUnknownMode = hasUnknownMode || reader.hasUnknownMode
        return answer
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

    /// Reads and corrects the codewords, block after block; false when a block cannot be corrected.
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
            guard correct(index, of: blocks, correctionCountMax: correctionCountMax) else { return false }
            data.append(contentsOf: block.dropLast(blocks.checkCount))
        }
        return true
    }

    /// Check codewords that erasures must leave unused: with fewer, noise could decode to a text.
    private static let spareCount = 4
    /// The fractions of the check codewords that are spent on erasures, in the order of the attempts.
    private static let erasedParts = [0.35, 0.65, 1]

    private mutating func correct(_ index: Int, of blocks: BlockLayout, correctionCountMax: Int) -> Bool {
        gather(index, of: blocks)
        if ReedSolomon.correct(&block, checkCount: blocks.checkCount, correctionCountMax: correctionCountMax) != nil {
            return true
        }
        let erasureCountMax = 2 * correctionCountMax - Self.spareCount
        guard !certainties.isEmpty, erasureCountMax > 0 else { return false }
        order.removeAll(keepingCapacity: true)
        for place in block.indices { insert(place, index, of: blocks, countMax: erasureCountMax) }
        for part in Self.erasedParts {
            let erasureCount = Int(Double(erasureCountMax) * part)
            gather(index, of: blocks)
            let corrected = ReedSolomon.correct(
                &block, checkCount: blocks.checkCount, correctionCountMax: (erasureCountMax - erasureCount) / 2,
                erasures: order.prefix(erasureCount))
            if corrected != nil { return true }
        }
        return false
    }

    /// Inserts an index of a block among the least certain ones.
    private mutating func insert(_ place: Int, _ index: Int, of blocks: BlockLayout, countMax: Int) {
        let certainty = certainties[blocks.codeword(place, ofBlock: index)]
        var rank = order.count
        while rank > 0, certainties[blocks.codeword(order[rank - 1], ofBlock: index)] > certainty { rank -= 1 }
        guard rank < countMax else { return }
        if order.count == countMax { order.removeLast() }
        order.insert(place, at: rank)
    }

    /// Computes each codeword's certainty: the certainty of its least certain module.
    private mutating func weigh(_ moduleCertainties: [Double], _ layout: SymbolLayout) {
        certainties.removeAll(keepingCapacity: true)
        guard !moduleCertainties.isEmpty else { return }
        for first in stride(from: 0, to: layout.dataPlaces.count - 7, by: 8) {
            var least = Double.infinity
            for index in first..<(first + 8) { least = min(least, moduleCertainties[layout.dataPlaces[index]]) }
            certainties.append(least)
        }
    }

    /// Collects one block's codewords from the interleaved codewords.
    private mutating func gather(_ index: Int, of blocks: BlockLayout) {
        block.removeAll(keepingCapacity: true)
        for place in 0..<blocks.codewordCount(ofBlock: index) {
            block.append(codewords[blocks.codeword(place, ofBlock: index)])
        }
    }
}

extension FormatInformation {
    /// All 32 formats.
    static let all: [(level: QRLevel, mask: Int, bits: Int)] = QRLevel.allCases.flatMap { level in
        (0..<MaskPattern.count).map { (level, $0, bits(level: level, mask: $0)) }
    }
}
