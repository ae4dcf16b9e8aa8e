import ArgumentParser
import CommandSupport
import Glibc
import QRDrawing
import QRProofreading
import QRStandard

/// The options that draw a code's picture.
struct PictureOptions: ParsableArguments {
    @Option(help: "Write the QR code as a PNG.")
    var png: String?

    @Option(help: "Write the QR code as an SVG.")
    var svg: String?

    @Flag(help: "Draw the QR code on stderr, in block characters; black on white where that is a terminal.")
    var terminal = false

    @Option(help: "How much damage the QR code survives: L, M, Q or H.")
    var level = "M"

    @Option(help: "Pixels a module in the PNG.")
    var module = 8

    /// Whether any picture is requested.
    var isRequested: Bool { png != nil || svg != nil || terminal }

    func validate() throws {
        guard Self.levels[level] != nil else { throw ValidationError("--level is one of L, M, Q and H") }
        guard (1...QRSymbol.modulePixelsMax).contains(module) else {
            throw ValidationError("--module is 1 to \(QRSymbol.modulePixelsMax)")
        }
    }

    /// Draws `text` in every requested form, after reading its symbol back; without a picture nothing is read back.
    ///
    /// - Parameter text: all of it in QR's alphanumeric alphabet.
    /// - Returns: the symbol, and the readings for the result.
    /// - Throws: ``CommandError``; no file is left then.
    func draw(_ text: String) throws(CommandError) -> DrawnPicture {
        try CommandError.wrapping {
            let level = Self.levels[level] ?? .medium
            guard isRequested else { return DrawnPicture(symbol: try QRSymbol.encode(text, level: level), reads: nil) }
            let proven = try ProvenSymbol.draw(text, level: level)
            let symbol = proven.symbol
            if let png { try OutputFile.write(symbol.png(modulePixels: module), to: png) }
            do {
                if let svg { try OutputFile.write(Array(symbol.svg().utf8), to: svg) }
            } catch {
                // A failed command leaves no file, so it also removes the first of two.
                if let png { unsafe unlink(png) }
                throw error
            }
            if terminal {
                let stream = StandardStream.error
                stream.write(symbol.terminal(stream.takesColours ? .coloured : .plain))
            }
            return DrawnPicture(symbol: symbol, reads: proven.reads)
        }
    }

    private static let levels: [String: QRLevel] = ["L": .low, "M": .medium, "Q": .quartile, "H": .high]
}
