/// Maps a symbol's plane, in modules, onto the picture, in pixels, with perspective.
struct Homography {
    private let a, b, c, d, e, f, g, h: Double
    private let left, top: Double
    private let acrossScale, downScale: Double

    /// Maps a square of modules to four positions in the picture.
    ///
    /// - Parameters:
    ///   - first: the square's first row and column, in modules.
    ///   - last: its last row and column.
    ///   - points: its corners in the picture.
    init?(first: Double, last: Double, points: FourPoints) {
        self.init(columns: first...last, rows: first...last, points: points)
    }

    /// Maps a rectangle of modules to four positions in the picture.
    init?(columns: ClosedRange<Double>, rows: ClosedRange<Double>, points: FourPoints) {
        let (p0, p1, p2, p3) = (points.upperLeft, points.upperRight, points.lowerRight, points.lowerLeft)
        let (dx1, dy1, dx2, dy2) = (p1.x - p2.x, p1.y - p2.y, p3.x - p2.x, p3.y - p2.y)
        let determinant = dx1 * dy2 - dx2 * dy1
        guard abs(determinant) > 1e-6 else { return nil }
        let sumX = p0.x - p1.x + p2.x - p3.x
        let sumY = p0.y - p1.y + p2.y - p3.y
        g = (sumX * dy2 - dx2 * sumY) / determinant
        h = (dx1 * sumY - sumX * dy1) / determinant
        (a, b, c) = (p1.x - p0.x + g * p1.x, p3.x - p0.x + h * p3.x, p0.x)
        (d, e, f) = (p1.y - p0.y + g * p1.y, p3.y - p0.y + h * p3.y, p0.y)
        (left, top) = (columns.lowerBound, rows.lowerBound)
        acrossScale = 1 / (columns.upperBound - left)
        downScale = 1 / (rows.upperBound - top)
    }

    @inline(__always)
    func map(_ x: Double, _ y: Double) -> (x: Double, y: Double) {
        let (u, v) = ((x - left) * acrossScale, (y - top) * downScale)
        let depth = 1 / (g * u + h * v + 1)
        return ((a * u + b * v + c) * depth, (d * u + e * v + f) * depth)
    }
}
