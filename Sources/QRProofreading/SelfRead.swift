package import QRDrawing
import QRReading
package import QRStandard

/// One look at a symbol's own picture, which gave its text.
package struct SelfRead: Sendable, Equatable {
    /// Pixels a side of one module in the picture that was read.
    package let modulePixels: Int
    /// How far the picture leaned back; 0 is straight on.
    package let tiltDegrees: Int

    /// What every symbol must stand before it is handed out: small, large, and held askew.
    static let all = [
        SelfRead(modulePixels: 3, tiltDegrees: 0), SelfRead(modulePixels: 8, tiltDegrees: 0),
        SelfRead(modulePixels: 5, tiltDegrees: 25),
    ]
}

/// A symbol whose pictures were read before anybody sees one.
package struct ProvenSymbol: Sendable {
    package let symbol: QRSymbol
    /// The looks that gave the text back.
    package let reads: [SelfRead]

    /// Draws a text, reads it back, and takes another mask, then a higher level, for as long as that fails.
    ///
    /// - Parameters:
    ///   - text: at least one character.
    ///   - level: how much damage the symbol survives at least.
    /// - Returns: the first symbol that gives its text back in every look.
    /// - Throws: `QRError`, among them `picture_unreadable` when no mask and no level does.
    package static func draw(_ text: String, level: QRLevel) throws(QRError) -> ProvenSymbol {
        var reader = SelfReader()
        return try draw(text, level: level) { symbol in reader.reads(symbol, text: text) }
    }

    /// As above, with what decides whether a symbol is readable.
    static func draw(
        _ text: String, level: QRLevel, isReadable: (QRSymbol) throws(QRError) -> Bool
    ) throws(QRError) -> ProvenSymbol {
        for level in QRLevel.allCases.drop(while: { $0 != level }) {
            guard let chosen = try? QRSymbol.encode(text, level: level) else { break }
            for mask in [chosen.mask] + (0..<MaskPattern.count).filter({ $0 != chosen.mask }) {
                let symbol = mask == chosen.mask ? chosen : try QRSymbol.encode(text, level: level, mask: mask)
                if try isReadable(symbol) { return ProvenSymbol(symbol: symbol, reads: SelfRead.all) }
            }
        }
        // Says what is wrong with a text that fits no symbol at all.
        let symbol = try QRSymbol.encode(text, level: level)
        throw QRError(
            code: .pictureUnreadable,
            reason: "no mask of version \(symbol.version) or above gives a picture that reads back",
            hint: "draw the text, which is in the result, with another program, and report it")
    }
}

/// Reads pictures of a symbol as a gate would at first sight: one look of each reader, and no more.
private struct SelfReader {
    private var scanner = Scanner(budgetMilliseconds: 0, microseconds: { 0 })

    mutating func reads(_ symbol: QRSymbol, text: String) -> Bool {
        for read in SelfRead.all {
            let image = SymbolView(symbol, modulePixels: read.modulePixels, tiltDegrees: read.tiltDegrees).image
            guard scanner.scan(image).codes.map(\.bytes) == [Array(text.utf8)] else { return false }
        }
        return true
    }
}
