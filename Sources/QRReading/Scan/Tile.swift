/// A part of a large picture, which is looked at in full size.
struct Tile: Equatable {
    let x, y: Int
    let width, height: Int

    /// How far neighbouring tiles overlap, in pixels: a larger symbol is seen in a smaller picture.
    private static let overlap = 400

    /// Cuts a picture into tiles, those with the most finder patterns first.
    ///
    /// - Parameters:
    ///   - picture: grey.
    ///   - side: the largest width and height of a tile.
    ///   - patterns: the finder patterns that were found in the picture.
    /// - Returns: tiles of one size, which cover the picture.
    static func cut(_ picture: PixelBuffer, side: Int, by patterns: [FinderPattern]) -> [Tile] {
        let (columns, rows) = (starts(picture.width, side), starts(picture.height, side))
        let (width, height) = (min(picture.width, side), min(picture.height, side))
        let tiles = rows.flatMap { y in columns.map { x in Tile(x: x, y: y, width: width, height: height) } }
        let ranked = tiles.map { tile in (tile, patterns.reduce(0) { $0 + (tile.contains($1) ? weight($1) : 0) }) }
        return ranked.sorted { $0.1 > $1.1 }.map { $0.0 }
    }

    /// How much a pattern speaks for a tile: noise makes many patterns, which few lines confirm.
    private static func weight(_ pattern: FinderPattern) -> Double {
        pattern.support * pattern.support * Double(pattern.lineCount - 1)
    }

    private func contains(_ pattern: FinderPattern) -> Bool {
        pattern.x >= Double(x) && pattern.x < Double(x + width) && pattern.y >= Double(y)
            && pattern.y < Double(y + height)
    }

    /// Where tiles begin on a line, at equal distances.
    private static func starts(_ length: Int, _ side: Int) -> [Int] {
        guard length > side else { return [0] }
        let count = (length - overlap + side - overlap - 1) / (side - overlap)
        return (0..<count).map { $0 * (length - side) / (count - 1) }
    }
}
