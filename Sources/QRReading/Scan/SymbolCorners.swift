/// The three finder patterns of a symbol, each as it lies, with no plane through them.
struct SymbolCorners {
    let upperLeft, upperRight, lowerLeft: FinderShape

    /// Finds the shapes of the patterns that a frame has; nil where one is less clear than `clarityMin`.
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

    /// The version that the symbol says it is of, by the block of bits beside either pattern.
    ///
    /// - Parameters:
    ///   - picture: in which it lies.
    ///   - spanModules: how many modules its patterns seem to be apart; bent, they seem closer or further.
    /// - Returns: nil below 7, where nothing is said, and for what is out of all proportion.
    func version(in picture: PixelBuffer, spanModules: Double) -> Int? {
        var (upper, lower) = (0, 0)
        for bit in 0..<VersionInformation.bitCount {
            // From the middle of the pattern, the block begins seven modules before and three above.
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

    /// A way of one pixel as rows and columns measure it: of a pattern that is turned they see the diagonal.
    private static func direction(_ first: FinderPattern, _ second: FinderPattern) -> FourPoints.Point {
        let (x, y) = (second.x - first.x, second.y - first.y)
        let share = max(abs(x), abs(y)) / (x * x + y * y)
        return (x * share, y * share)
    }
}
