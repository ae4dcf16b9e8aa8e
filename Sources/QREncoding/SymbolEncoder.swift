package import QRStandard

/// Encodes texts as symbols without a library, module for module as libqrencode: a browser cannot load one.
package enum SymbolEncoder {
    /// Encodes a text in the smallest version that holds it.
    ///
    /// - Parameters:
    ///   - text: at least one character; its segments are those of ``SymbolSegment/segments(of:)``.
    ///   - level: how much damage the symbol survives.
    ///   - mask: a mask pattern, 0 to 7; nil selects the one with the lowest penalty.
    /// - Returns: the symbol, with its version and mask.
    /// - Throws: `QRError` when the text is empty or does not fit version 40.
    package static func encode(
        _ text: String, level: QRLevel = .medium, mask: Int? = nil
    ) throws(QRError) -> QRSymbol {
        try encode(SymbolSegment.segments(of: Array(text.utf8)), level: level, mask: mask)
    }

    /// Encodes segments in the smallest version that holds them.
    ///
    /// - Parameters:
    ///   - segments: at least one byte in all.
    ///   - level: how much damage the symbol survives.
    ///   - mask: a mask pattern, 0 to 7; nil selects the one with the lowest penalty.
    ///   - versionMin: the smallest version to use, 1 to 40.
    /// - Returns: the symbol, with its version and mask.
    /// - Throws: `QRError` when there are no bytes or they do not fit version 40.
    package static func encode(
        _ segments: [SymbolSegment], level: QRLevel, mask: Int? = nil, versionMin: Int = 1
    ) throws(QRError) -> QRSymbol {
        let byteCount = segments.reduce(0) { $0 + $1.bytes.count }
        guard byteCount > 0 else { throw .emptyText }
        if let mask, !(0..<MaskPattern.count).contains(mask) { throw .maskOutOfRange(mask) }
        guard let drawn = draw(segments, level: level, versionMin: versionMin) else {
            throw .textTooLong(byteCount, level: level)
        }
        return MaskChooser.symbol(drawn, level: level, mask: mask)
    }

    /// Draws segments with mask 0 in the smallest version that holds them; nil where version 40 does not.
    package static func draw(_ segments: [SymbolSegment], level: QRLevel, versionMin: Int = 1) -> DrawnSymbol? {
        guard let version = version(of: segments, level: level, versionMin: versionMin) else { return nil }
        var bits = BitWriter()
        for segment in segments { segment.write(to: &bits, version: version) }
        let data = bits.padded(byteCount: BlockLayout(version: version, level: level).dataCount)
        return DrawnSymbol(
            codewords: CheckCodewords.interleaved(data, version: version, level: level), version: version)
    }

    private static func version(of segments: [SymbolSegment], level: QRLevel, versionMin: Int) -> Int? {
        SymbolLayout.versions.first { version in
            version >= versionMin
                && fits(segments, BlockLayout(version: version, level: level).dataCount * 8, version: version)
        }
    }

    private static func fits(_ segments: [SymbolSegment], _ capacity: Int, version: Int) -> Bool {
        var left = capacity
        for segment in segments {
            guard let bitCount = segment.bitCount(version: version), bitCount <= left else { return false }
            left -= bitCount
        }
        return true
    }
}
