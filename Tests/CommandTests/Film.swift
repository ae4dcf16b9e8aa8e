import QRDrawing

/// 8-bit grey frames, as ffmpeg writes them.
struct Film {
    static let (width, height) = (480, 240)

    var bytes: [UInt8] = []

    /// Adds frames with codes side by side, each frame moved a little, as by a hand.
    mutating func show(_ texts: [String], frameCount: Int = 2) throws {
        let symbols = try texts.map { try QRSymbol.encode($0) }
        for frame in 0..<frameCount {
            var pixels = (0..<(Self.width * Self.height)).map { UInt8(205 + $0 * 7 % 23) }
            for (place, symbol) in symbols.enumerated() {
                let (left, top) = (15 + place * 235 + frame % 3, 15 + frame % 2)
                for row in 0..<(symbol.size * 3) {
                    for column in 0..<(symbol.size * 3)
                    where symbol.modules[row / 3 * symbol.size + column / 3] == 1 {
                        pixels[(top + row) * Self.width + left + column] = 35
                    }
                }
            }
            bytes += pixels
        }
    }

    mutating func cut(_ byteCount: Int) {
        bytes.removeLast(byteCount)
    }
}
