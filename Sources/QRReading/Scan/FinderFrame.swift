import Glibc

/// Three finder patterns, measured: where their middles lie, how many modules apart, and how the plane is tilted.
struct FinderFrame {
    private(set) var upperLeft: FinderPattern
    private(set) var upperRight: FinderPattern
    private(set) var lowerLeft: FinderPattern
    /// How much further away the symbol is at its other patterns than at the upper left one.
    private var depthRight = 1.0
    private var depthBelow = 1.0
    /// Modules between the patterns' middles, as far as can be told.
    private(set) var spanModules: Double

    /// Measures along the sides, twice: the first time corrects the middles.
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

    /// Where the fourth corner lies by the depths that were measured.
    var tilted: FourPoints { corners(right: depthRight, below: depthBelow) }

    /// Where it lies if the symbol is seen straight on.
    var flat: FourPoints { corners(right: 1, below: 1) }

    /// Where it lies if a place on the symbol's diagonal is seen here.
    ///
    /// - Parameters:
    ///   - part: how far down the diagonal from the upper left middle, where 1 is the fourth corner.
    ///   - point: where that is in the picture.
    /// - Returns: nil when no plane through the three patterns has it there.
    func corners(part: Double, at point: FourPoints.Point) -> FourPoints? {
        // Two unknown depths, and two coordinates that both must give.
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

    /// The middles of the three patterns, and where a fourth one's would lie at these depths.
    private func corners(right: Double, below: Double) -> FourPoints {
        let depth = max(right + below - 1, 0.2)
        let x = (upperRight.x * right + lowerLeft.x * below - upperLeft.x) / depth
        let y = (upperRight.y * right + lowerLeft.y * below - upperLeft.y) / depth
        return FourPoints(
            upperLeft: (upperLeft.x, upperLeft.y), upperRight: (upperRight.x, upperRight.y),
            lowerLeft: (lowerLeft.x, lowerLeft.y), lowerRight: (x, y))
    }

    /// The versions that come nearest, at most four; none where no symbol has such a span.
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
        // Further than a module is another pattern.
        guard abs(firstPixels) < 1.5 * module, abs(secondPixels) < 1.5 * module else { return }
        x += first.x * firstPixels + second.x * secondPixels
        y += first.y * firstPixels + second.y * secondPixels
    }
}
