import Glibc
import Testing

@testable import QRReading

/// Pictures of made symbols.
enum DrawnSheet {
    private static let (ink, paper): (UInt8, UInt8) = (30, 225)
    private static let quietModules = 4

    /// Draws symbols in rows, from left to right; each is turned around its middle by an angle for its index.
    static func draw(
        _ symbols: [MadeSymbol], columns: Int, modulePixels: Int = 4, turnDegrees: (Int) -> Double = { _ in 0 }
    ) throws -> GreyImage {
        let rows = (symbols.count + columns - 1) / columns
        let isTurned = symbols.indices.contains { turnDegrees($0) != 0 }
        let largest = symbols.map(\.size).max() ?? 0
        // A turned square needs the room of its diagonal.
        let cell = (isTurned ? largest * 3 / 2 : largest) * modulePixels + 2 * quietModules * modulePixels
        var pixels = [UInt8](repeating: paper, count: cell * columns * cell * rows)
        for (index, symbol) in symbols.enumerated() {
            let angle = turnDegrees(index) * .pi / 180
            let (cosine, sine) = (cos(angle), sin(angle))
            for y in 0..<cell {
                for x in 0..<cell {
                    let (right, down) = (Double(x) + 0.5 - Double(cell) / 2, Double(y) + 0.5 - Double(cell) / 2)
                    let column = (right * cosine + down * sine) / Double(modulePixels) + Double(symbol.size) / 2
                    let row = (down * cosine - right * sine) / Double(modulePixels) + Double(symbol.size) / 2
                    guard symbol.isDark(row: Int(row.rounded(.down)), column: Int(column.rounded(.down))) else {
                        continue
                    }
                    pixels[(index / columns * cell + y) * cell * columns + index % columns * cell + x] = ink
                }
            }
        }
        return try #require(GreyImage(width: cell * columns, height: cell * rows, pixels: pixels))
    }
}
