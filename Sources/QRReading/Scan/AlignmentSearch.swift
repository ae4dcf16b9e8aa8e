/// Searches for alignment patterns near the positions that a plane predicts.
struct AlignmentSearch {
    private let picture: PixelBuffer
    private let plane: Homography
    /// The difference between light and dark modules of this symbol, in grey levels.
    private let contrast: Double

    /// The lowest score of a pattern, as a fraction of the contrast.
    private static let scoreMin = 0.3
    /// The score that one module of distance costs: a pattern far from its predicted position must fit better.
    private static let distanceCost = 0.02
    /// The distance between two tried positions, in modules.
    private static let step = 0.5
    private static let nearlyBest = 0.9

    init(_ picture: PixelBuffer, _ plane: Homography, contrast: Double) {
        self.picture = picture
        self.plane = plane
        self.contrast = contrast
    }

    /// Finds the picture position of the pattern at a column and row.
    ///
    /// - Parameters:
    ///   - column: the pattern's middle, in modules.
    ///   - row: likewise.
    ///   - shift: the offset of the search from the predicted position, in pixels.
    ///   - reach: the radius of the search, in modules.
    /// - Returns: nil when nothing there looks like an alignment pattern.
    func find(
        column: Double, row: Double, shift: FourPoints.Point = (0, 0), reach: Double
    ) -> FourPoints.Point? {
        let flat = plane.map(column, row)
        let middle = FourPoints.Point(x: flat.x + shift.x, y: flat.y + shift.y)
        let (east, west) = (plane.map(column + 1, row), plane.map(column - 1, row))
        let (south, north) = (plane.map(column, row + 1), plane.map(column, row - 1))
        let across = FourPoints.Point(x: (east.x - west.x) / 2, y: (east.y - west.y) / 2)
        let down = FourPoints.Point(x: (south.x - north.x) / 2, y: (south.y - north.y) / 2)
        func place(_ columns: Double, _ rows: Double) -> FourPoints.Point {
            (middle.x + columns * across.x + rows * down.x, middle.y + columns * across.y + rows * down.y)
        }
        var best = (score: Self.scoreMin * contrast, columns: 0.0, rows: 0.0)
        var isFound = false
        let stepCount = Int(2 * reach / Self.step)
        for rowStep in 0...stepCount {
            let rows = Double(rowStep) * Self.step - reach
            for columnStep in 0...stepCount {
                let columns = Double(columnStep) * Self.step - reach
                let distance = (columns * columns + rows * rows).squareRoot()
                let score = score(place(columns, rows), across, down) - distance * Self.distanceCost * contrast
                if score > best.score {
                    best = (score, columns, rows)
                    isFound = true
                }
            }
        }
        guard isFound else { return nil }
        // All positions score alike while every sample stays within its module, so take the middle of these positions.
        for _ in 0..<2 {
            best.columns = Self.middle(around: best.columns) { score(place($0, best.rows), across, down) }
            best.rows = Self.middle(around: best.rows) { score(place(best.columns, $0), across, down) }
        }
        return place(best.columns, best.rows)
    }

    /// The middle of the positions within 0.8 modules that score nearly as well as the best.
    private static func middle(around middle: Double, _ score: (Double) -> Double) -> Double {
        var scores = InlineArray<17, Double>(repeating: 0)
        var most = 0.0
        for index in scores.indices {
            scores[index] = score(middle + offset(index))
            most = max(most, scores[index])
        }
        var (sum, count) = (0.0, 0.0)
        for index in scores.indices where scores[index] >= most * nearlyBest {
            sum += offset(index)
            count += 1
        }
        return count > 0 ? middle + sum / count : middle
    }

    private static func offset(_ index: Int) -> Double { Double(index - 8) / 10 }

    /// How much lighter the ring is than the module inside it and the ring outside it, in grey levels.
    private func score(
        _ middle: FourPoints.Point, _ across: FourPoints.Point, _ down: FourPoints.Point
    ) -> Double {
        var (light, dark, core) = (0.0, 0.0, 0.0)
        for row in -2...2 {
            for column in -2...2 {
                let value = picture.sample(
                    middle.x + Double(column) * across.x + Double(row) * down.x,
                    middle.y + Double(column) * across.y + Double(row) * down.y)
                switch max(abs(row), abs(column)) {
                case 0: core = value
                case 1: light += value
                default: dark += value
                }
            }
        }
        return light / 8 - 0.3 * core - 0.7 * dark / 16
    }
}
