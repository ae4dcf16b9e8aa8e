package import QREncoding
import QRDrawing
import QRReading
package import QRStandard

/// One view of a symbol's own picture in which its text was read back.
package struct SelfRead: Sendable, Equatable {
    /// Pixels a side of one module in the picture that was read.
    package let modulePixels: Int
    /// The tilt of the picture in this view; 0 is straight on.
    package let tiltDegrees: Int

    /// The views in which every symbol must be read back before it is returned: small, large, and tilted.
    static let all = [
        SelfRead(modulePixels: 3, tiltDegrees: 0), SelfRead(modulePixels: 8, tiltDegrees: 0),
        SelfRead(modulePixels: 5, tiltDegrees: 25),
    ]
}

/// A symbol whose text was read back from its pictures.
package struct ProvenSymbol: Sendable {
    package let symbol: QRSymbol
    /// The views in which the text was read back.
    package let reads: [SelfRead]

    /// Draws a text and reads it back; while that fails, tries another mask, then a higher level.
    ///
    /// - Parameters:
    ///   - text: at least one character.
    ///   - level: the lowest permitted level.
    /// - Returns: the first symbol whose text is read back in every view.
    /// - Throws: `QRError`, with `picture_unreadable` when no mask and no level is readable.
    package static func draw(_ text: String, level: QRLevel) throws(QRError) -> ProvenSymbol {
        var reader = SelfReader()
        return try draw(text, level: level) { symbol in reader.reads(symbol, text: text) }
    }

    /// Draws as above, with `isReadable` deciding whether a symbol is readable.
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
        // Throws the error for a text that fits no symbol.
        let symbol = try QRSymbol.encode(text, level: level)
        throw QRError(
            code: .pictureUnreadable,
            reason: "no mask of version \(symbol.version) or above gives a picture whose text can be read back",
            hint: "draw the text of the result with another program, and report the fault")
    }
}

/// Reads pictures of a symbol with the first look of each reader only, as a gate does first.
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
