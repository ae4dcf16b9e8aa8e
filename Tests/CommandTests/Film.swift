import QRStandard
import QRDrawing

/// 8-bit grey frames, as ffmpeg writes them.
struct Film {
    static let (width, height) = (480, 240)
    static let size = "\(width)x\(height)"

    var bytes: [UInt8] = []

    /// Adds frames with codes side by side, each frame moved a little, as by a hand.
    ///
    /// - Parameters:
    ///   - texts: the codes' texts; an empty one leaves its place empty.
    ///   - frameCount: how many frames.
    ///   - damaged: the places of codes that nobody can read.
    ///   - farAway: the places of codes whose modules have two pixels instead of three.
    /// - Throws: when a text does not fit into a code.
    mutating func show(
        _ texts: [String], frameCount: Int = 2, damaged: Set<Int> = [], farAway: Set<Int> = []
    ) throws {
        for frame in 0..<frameCount {
            let right = frame % 3 * (damaged.isEmpty ? 1 : 4)
            try add(texts, right: right, down: frame % 2, damaged: damaged, farAway: farAway)
        }
    }

    /// Adds one frame whose codes are where they are in every such frame.
    mutating func showUnmoved(_ texts: [String], damaged: Set<Int>) throws {
        try add(texts, right: 0, down: 0, damaged: damaged)
    }

    private mutating func add(
        _ texts: [String], right: Int, down: Int, damaged: Set<Int>, farAway: Set<Int> = []
    ) throws {
        var pixels = (0..<(Self.width * Self.height)).map { UInt8(205 + $0 * 7 % 23) }
        for (place, text) in texts.enumerated() where !text.isEmpty {
            let symbol = try QRSymbol.encode(text)
            let hole = symbol.size / 4..<(damaged.contains(place) ? symbol.size - symbol.size / 4 : symbol.size / 4)
            let (left, top) = (15 + place * 235 + right, 15 + down)
            let pixelCount = farAway.contains(place) ? 2 : 3
            for row in 0..<(symbol.size * pixelCount) {
                for column in 0..<(symbol.size * pixelCount) {
                    let isHole = hole.contains(row / pixelCount) && hole.contains(column / pixelCount)
                    if isHole || symbol.modules[row / pixelCount * symbol.size + column / pixelCount] == 1 {
                        pixels[(top + row) * Self.width + left + column] = 35
                    }
                }
            }
        }
        bytes += pixels
    }

    mutating func cut(_ byteCount: Int) {
        bytes.removeLast(byteCount)
    }
}
