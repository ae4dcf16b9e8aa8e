import QRStandard

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
    /// How sure each codeword is of its modules, and a block's places, the least sure first.
    private var certainties: [Double] = []
    private var order: [Int] = []
    private var reader = PayloadReader()

    /// Decodes a symbol.
    ///
    /// - Parameters:
    ///   - isDark: the modules, row after row.
    ///   - version: 1 to 40, which says how many modules there are.
    ///   - moduleCertainties: how sure each module is; where it is given, a block with too many wrong codewords is
    ///     tried again without those that are least sure.
    /// - Returns: the payload, when the checks of every block and the whole bit stream agree.
    mutating func decode(_ isDark: [Bool], version: Int, moduleCertainties: [Double] = []) -> Answer {
        let layout = SymbolLayout.of(version: version)
        guard let format = Self.format(isDark, layout) else { return .failed }
        weigh(moduleCertainties, layout)
        guard readData(isDark, layout, level: format.level, mask: format.mask) else { return .failed }
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
            guard correct(index, of: blocks, correctionCountMax: correctionCountMax) else { return false }
            data.append(contentsOf: block.dropLast(blocks.checkCount))
        }
        return true
    }

    /// Check codewords that stay unused where codewords are erased: with fewer, chance might pass for a text.
    private static let spareCount = 4
    /// Which parts of the check codewords are given for erasures, in turn.
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

    /// Puts a place of a block among the least sure ones.
    private mutating func insert(_ place: Int, _ index: Int, of blocks: BlockLayout, countMax: Int) {
        let certainty = certainties[blocks.codeword(place, ofBlock: index)]
        var rank = order.count
        while rank > 0, certainties[blocks.codeword(order[rank - 1], ofBlock: index)] > certainty { rank -= 1 }
        guard rank < countMax else { return }
        if order.count == countMax { order.removeLast() }
        order.insert(place, at: rank)
    }

    /// A codeword is as sure as the least sure of its modules.
    private mutating func weigh(_ moduleCertainties: [Double], _ layout: SymbolLayout) {
        certainties.removeAll(keepingCapacity: true)
        guard !moduleCertainties.isEmpty else { return }
        for first in stride(from: 0, to: layout.dataPlaces.count - 7, by: 8) {
            var least = Double.infinity
            for index in first..<(first + 8) { least = min(least, moduleCertainties[layout.dataPlaces[index]]) }
            certainties.append(least)
        }
    }

    /// Takes one block's codewords out from among the others'.
    private mutating func gather(_ index: Int, of blocks: BlockLayout) {
        block.removeAll(keepingCapacity: true)
        for place in 0..<blocks.codewordCount(ofBlock: index) {
            block.append(codewords[blocks.codeword(place, ofBlock: index)])
        }
    }
}

extension FormatInformation {
    /// Every format there is.
    static let all: [(level: QRLevel, mask: Int, bits: Int)] = QRLevel.allCases.flatMap { level in
        (0..<MaskPattern.count).map { (level, $0, bits(level: level, mask: $0)) }
    }
}
