/// Three measured finder patterns: their middles, the modules between them, and the tilt of their plane.
struct FinderFrame {
    private(set) var upperLeft: FinderPattern
    private(set) var upperRight: FinderPattern
    private(set) var lowerLeft: FinderPattern
    /// The depth of the symbol at the two other patterns, as a multiple of its depth at the upper left one.
    private var depthRight = 1.0
    private var depthBelow = 1.0
    /// The estimated number of modules between the patterns' middles.
    private(set) var spanModules: Double

    /// Measures along the sides twice: the first measurement corrects the middles.
    init(_ triple: FinderTriple, in picture: PixelBuffer) {
        (upperLeft, upperRight, lowerLeft) = (triple.upperLeft, triple.upperRight, triple.lowerLeft)
        spanModules = Double(17 + 4 * min(max(triple.version, 1), 40) - 7)
        let gauge = FinderGauge(picture)
        for _ in 0..<2 {
            let right = Self.direction(from: upperLeft, to: upperRight)
            let down = Self.direction(from: upperLeft, to: lowerLeft)
            let leftAcross = gauge.measure(upperLeft, along: right, beside: down)
            let leftDown = gauge.measure(upperLeft, along: down, beside: right)
            let rightAcross = gauge.measure(upperRight, along: right, beside: down)
            let rightDown = gauge.measure(upperRight, along: down, beside: right)
            let lowerAcross = gauge.measure(lowerLeft, along: right, beside: down)
            let lowerDown = gauge.measure(lowerLeft, along: down, beside: right)
            if let leftAcross, let leftDown { upperLeft.move(right, leftAcross.shift, down, leftDown.shift) }
            if let rightAcross, let rightDown { upperRight.move(right, rightAcross.shift, down, rightDown.shift) }
            if let lowerAcross, let lowerDown { lowerLeft.move(right, lowerAcross.shift, down, lowerDown.shift) }
            guard let leftAcross, let rightAcross, let leftDown, let lowerDown else { return }
            // Along a line under perspective, lengths shrink with the square of the depth.
            depthRight = (leftAcross.module / rightAcross.module).squareRoot()
            depthBelow = (leftDown.module / lowerDown.module).squareRoot()
            let across = upperLeft.distance(to: upperRight) / (leftAcross.module * rightAcross.module).squareRoot()
            let along = upperLeft.distance(to: lowerLeft) / (leftDown.module * lowerDown.module).squareRoot()
            spanModules = (across + along) / 2
        }
    }

    /// The corners with the fourth one computed from the measured depths.
    var tilted: FourPoints { corners(right: depthRight, below: depthBelow) }

    /// The corners with the fourth one computed without perspective.
    var flat: FourPoints { corners(right: 1, below: 1) }

    /// The corners with the fourth one computed from the position of a point on the symbol's diagonal.
    ///
    /// - Parameters:
    ///   - part: the point's place on the diagonal: 0 is the upper left middle, 1 the fourth corner.
    ///   - point: its position in the picture.
    /// - Returns: nil when no plane through the three patterns has the point there.
    func corners(part: Double, at point: FourPoints.Point) -> FourPoints? {
        // Two equations, one for each coordinate, determine the two unknown depths.
        let (rightX, rightY) = (part * (point.x - upperRight.x), part * (point.y - upperRight.y))
        let (belowX, belowY) = (part * (point.x - lowerLeft.x), part * (point.y - lowerLeft.y))
        let rest = 1 - 2 * part
        let (restX, restY) = (rest * (upperLeft.x - point.x), rest * (upperLeft.y - point.y))
        let determinant = rightX * belowY - belowX * rightY
        guard abs(determinant) > 1e-6 else { return nil }
        let right = (restX * belowY - belowX * restY) / determinant
        let below = (rightX * restY - restX * rightY) / determinant
        guard right > 0.3, right < 3.3, below > 0.3, below < 3.3, right + below > 1.2 else { return nil }
        return corners(right: right, below: below)
    }

    /// The middles of the three patterns, and the fourth corner at these depths.
    private func corners(right: Double, below: Double) -> FourPoints {
        let depth = max(right + below - 1, 0.2)
        let x = (upperRight.x * right + lowerLeft.x * below - upperLeft.x) / depth
        let y = (upperRight.y * right + lowerLeft.y * below - upperLeft.y) / depth
        return FourPoints(
            upperLeft: (upperLeft.x, upperLeft.y), upperRight: (upperRight.x, upperRight.y),
            lowerLeft: (lowerLeft.x, lowerLeft.y), lowerRight: (x, y))
    }

    /// The versions with the nearest spans, at most four; empty if no symbol has such a span.
    var versions: Range<Int> {
        let version = (spanModules + 7 - 17) / 4
        guard version > -1, version < 45 else { return 1..<1 }
        let nearest = Int(version.rounded())
        let first = version > Double(nearest) ? nearest - 1 : nearest - 2
        return (first..<(first + 4)).clamped(to: 1..<41)
    }

    private static func direction(from first: FinderPattern, to second: FinderPattern) -> FinderGauge.Direction {
        let length = max(first.distance(to: second), 1)
        return ((second.x - first.x) / length, (second.y - first.y) / length)
    }
}

extension FinderPattern {
    fileprivate mutating func move(
        _ first: FinderGauge.Direction, _ firstPixels: Double, _ second: FinderGauge.Direction, _ secondPixels: Double
    ) {
        // A larger correction would move to another pattern.
        guard abs(firstPixels) < 1.5 * module, abs(secondPixels) < 1.5 * module else { return }
        x += first.x * firstPixels + second.x * secondPixels
        y += first.y * firstPixels + second.y * secondPixels
    }
}
