import QRStandard
import TestSupport

@testable import QRDrawing

/// A square black and white picture with codes on it.
struct Board {
    let side: Int
    private var pixels: [UInt8]

    init(side: Int) {
        self.side = side
        pixels = [UInt8](repeating: 0, count: side * side)
    }

    /// Draws a symbol; `isDamaged` paints over so much of its middle that nobody can read it.
    mutating func draw(
        _ text: String, left: Int, top: Int, modulePixels: Int, isDamaged: Bool = false
    ) throws {
        let symbol = try QRSymbol.encode(text)
        let hole = symbol.size / 4..<(symbol.size - symbol.size / 4)
        for row in 0..<(symbol.size * modulePixels) {
            for column in 0..<(symbol.size * modulePixels) {
                let (down, right) = (row / modulePixels, column / modulePixels)
                let isHole = isDamaged && hole.contains(down) && hole.contains(right)
                pixels[(top + row) * side + left + column] =
                    isHole ? UInt8((down / 3 + right / 3) % 2) : symbol.modules[down * symbol.size + right]
            }
        }
    }

    /// Draws 200 small codes in ten rows of twenty, as on a wall of stickers; the wall is 1,200 pixels wide and 600 high.
    mutating func drawStickers(top: Int = 20, text: (Int) -> String = { "STICKER \($0)" }) throws {
        for index in 0..<200 {
            try draw(text(index), left: 20 + index % 20 * 60, top: top + index / 20 * 60, modulePixels: 2)
        }
    }

    /// Draws one finder pattern with two timing patterns, as a Micro QR code has them.
    mutating func drawMicro(left: Int, top: Int, modulePixels: Int) {
        for row in 0..<(17 * modulePixels) {
            for column in 0..<(17 * modulePixels) {
                let (down, right) = (row / modulePixels, column / modulePixels)
                let ring = max(abs(down - 3), abs(right - 3))
                let isFinder = max(down, right) < 7
                let isTiming = min(down, right) == 0 && max(down, right) % 2 == 0
                let isDark = isFinder ? ring != 2 : max(down, right) != 7 && (isTiming || down * right % 3 == 1)
                pixels[(top + row) * side + left + column] = isDark ? 1 : 0
            }
        }
    }

    /// Writes the picture into a folder and returns its path.
    func picture(in folder: ScratchFolder) throws -> String {
        let level = try QRSymbol.encode("ANY").level
        let symbol = QRSymbol(version: 1, level: level, mask: 0, size: side, modules: pixels)
        return try folder.write(symbol.png(modulePixels: 1), to: "picture.png")
    }
}
