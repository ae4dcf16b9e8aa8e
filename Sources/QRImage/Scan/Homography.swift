/// Maps a symbol's plane, in modules, onto the picture, in pixels, with perspective.
struct Homography {
    private var m = (1.0, 0.0, 0.0, 0.0, 1.0, 0.0, 0.0, 0.0)

    /// Solves the eight equations of four pairs of points.
    init?(from: [(x: Double, y: Double)], to: [(x: Double, y: Double)]) {
        var rows: [[Double]] = []
        for (source, target) in zip(from, to) {
            rows.append([source.x, source.y, 1, 0, 0, 0, -source.x * target.x, -source.y * target.x, target.x])
            rows.append([0, 0, 0, source.x, source.y, 1, -source.x * target.y, -source.y * target.y, target.y])
        }
        guard rows.count == 8 else { return nil }
        for pivot in 0..<8 {
            guard let best = (pivot..<8).max(by: { abs(rows[$0][pivot]) < abs(rows[$1][pivot]) }),
                abs(rows[best][pivot]) > 1e-9
            else { return nil }
            rows.swapAt(pivot, best)
            for row in 0..<8 where row != pivot {
                let factor = rows[row][pivot] / rows[pivot][pivot]
                if factor == 0 { continue }
                for column in pivot..<9 { rows[row][column] -= factor * rows[pivot][column] }
            }
        }
        let s = (0..<8).map { rows[$0][8] / rows[$0][$0] }
        m = (s[0], s[1], s[2], s[3], s[4], s[5], s[6], s[7])
    }

    @inline(__always)
    func map(_ x: Double, _ y: Double) -> (x: Double, y: Double) {
        let scale = 1 / (m.6 * x + m.7 * y + 1)
        return ((m.0 * x + m.1 * y + m.2) * scale, (m.3 * x + m.4 * y + m.5) * scale)
    }
}
