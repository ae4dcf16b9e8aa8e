import QRStandard

/// The three finder patterns of a symbol, each with its own shape, without a common plane.
struct SymbolCorners {
    let upperLeft, upperRight, lowerLeft: FinderShape

    /// Finds the shapes of a frame's patterns; nil unless the clarity of each is above `clarityMin`.
    init?(_ frame: FinderFrame, in picture: PixelBuffer, clarityMin: Double) {
        let (corner, right, below) = (frame.upperLeft, frame.upperRight, frame.lowerLeft)
        let (across, down) = (Self.direction(corner, right), Self.direction(corner, below))
        func shape(_ pattern: FinderPattern) -> FinderShape? {
            let shape = FinderShape(
                pattern, across: (across.x * pattern.module, across.y * pattern.module),
                down: (down.x * pattern.module, down.y * pattern.module), in: picture)
            return shape.clarity > clarityMin ? shape : nil
        }
        guard let upperLeft = shape(corner), let upperRight = shape(right), let lowerLeft = shape(below) else {
            return nil
        }
        (self.upperLeft, self.upperRight, self.lowerLeft) = (upperLeft, upperRight, lowerLeft)
    }

    /// Reads the version from the version information beside the two outer patterns.
    ///
    /// - Parameters:
    ///   - picture: the picture of the symbol.
    ///   - spanModules: the estimated distance of its patterns in modules, which a bent surface changes.
    /// - Returns: nil below version 7, which has no such bits, and for a version that contradicts the span.
    func version(in picture: PixelBuffer, spanModules: Double) -> Int? {
        var (upper, lower) = (0, 0)
        for bit in 0..<VersionInformation.bitCount {
            // The bits begin seven modules before and three modules above the pattern's middle.
            let (far, near) = (Double(bit % 3) - 7, Double(bit / 3) - 3)
            let (left, above) = (upperRight.map(far, near), lowerLeft.map(near, far))
            if picture.sample(left.x, left.y) < upperRight.middleGrey { upper |= 1 << bit }
            if picture.sample(above.x, above.y) < lowerLeft.middleGrey { lower |= 1 << bit }
        }
        let said = VersionInformation.version(nearestTo: upper) ?? VersionInformation.version(nearestTo: lower)
        return said.flatMap { version in
            Self.stretch.contains(Double(SymbolLayout.size(version: version) - 7) / spanModules) ? version : nil
        }
    }

    private static let stretch = 0.6...1.7

    /// The direction between two patterns; its length corrects a module that was measured along rows and columns.
    private static func direction(_ first: FinderPattern, _ second: FinderPattern) -> FourPoints.Point {
        let (x, y) = (second.x - first.x, second.y - first.y)
        let share = max(abs(x), abs(y)) / (x * x + y * y)
        return (x * share, y * share)
    }
}
