import QRStandard

/// Tells whether three finder patterns belong to a symbol, read or not: the lines between them carry timing patterns,
/// and the two copies of the format agree.
///
/// It uses the patterns' surroundings and counts the timing's modules, so that a tilt needs no plane.
struct CodeSign {
    /// The versions of person codes, from a paper code to a signed one with a challenge.
    static let personVersions = 9...13

    /// A pattern with one module's vectors across and down.
    private struct Corner {
        let x, y: Double
        let across, down: FourPoints.Point
        let threshold: Double

        init(
            _ pattern: FinderPattern, _ right: Direction, _ rightRay: FinderRay, _ below: Direction,
            _ belowRay: FinderRay
        ) {
            x = pattern.x + right.x * rightRay.shift + below.x * belowRay.shift
            y = pattern.y + right.y * rightRay.shift + below.y * belowRay.shift
            across = (right.x * rightRay.module, right.y * rightRay.module)
            down = (below.x * belowRay.module, below.y * belowRay.module)
            threshold = (rightRay.threshold + belowRay.threshold) / 2
        }

        func map(_ columns: Double, _ rows: Double) -> FourPoints.Point {
            (x + columns * across.x + rows * down.x, y + columns * across.y + rows * down.y)
        }
    }

    typealias Direction = (x: Double, y: Double)

    private let view: GreyView
    private let corner, right, below: Corner
    private let span: Double

    /// The wrong bits among the 30 of both copies of the format.
    private static let formatErrorCountMax = 5
    /// The difference between a timing pattern's count and the patterns' distance, as a fraction of a symbol's size.
    private static let spanErrorMax = 0.14
    /// The fraction of a timing pattern's modules that may be too short or too long.
    private static let irregularMax = 0.12
    private static let regular = 0.35...1.9
    private static let stepsInModule = 6.0
    /// The distances of the timing from the patterns' middles that are tried, in modules.
    private static let offsets = [3.0, 2.7, 3.3]

    /// Takes three patterns, with the lines from the corner to the others; nil if a pattern does not look like one.
    init?(_ view: GreyView, _ corner: FinderPattern, _ toRight: FinderLink, _ toBelow: FinderLink) {
        let (across, down) = (toRight.direction, toBelow.direction)
        guard let rightDown = FinderRay(toRight.other, right: down.x, down: down.y, in: view),
            let belowAcross = FinderRay(toBelow.other, right: across.x, down: across.y, in: view)
        else { return nil }
        self.view = view
        self.corner = Corner(corner, across, toRight.here, down, toBelow.here)
        right = Corner(toRight.other, across, toRight.there, down, rightDown)
        below = Corner(toBelow.other, across, belowAcross, down, toBelow.there)
        span = (toRight.modules + toBelow.modules) / 2
    }

    /// The version that the timing patterns show; nil unless they and the format are seen.
    ///
    /// Timing is counted with errors, so that a version that person codes have comes first.
    var version: Int? {
        guard let row = timing({ corner.map(3, $0) }, { right.map(-3, $0) }, right.threshold),
            let column = timing({ corner.map($0, 3) }, { below.map($0, -3) }, below.threshold)
        else { return nil }
        guard formatErrorCount <= Self.formatErrorCountMax else { return nil }
        let mean = Self.version(changeCount: Double(row + column) / 2)
        for version in [mean, Self.version(changeCount: Double(row)), Self.version(changeCount: Double(column))]
        where Self.personVersions.contains(version) {
            return version
        }
        return min(max(mean, 1), 40)
    }

    private static func version(changeCount: Double) -> Int { Int(((changeCount - 4) / 4).rounded()) }

    /// Counts the changes between dark and light along a timing pattern, from one finder pattern's edge to the other's.
    ///
    /// - Returns: nil if their number does not match the distance, or the modules' lengths differ too much.
    private func timing(
        _ begin: (Double) -> FourPoints.Point, _ end: (Double) -> FourPoints.Point, _ endThreshold: Double
    ) -> Int? {
        for offset in Self.offsets {
            if let count = changes(begin(offset), end(offset), endThreshold) { return count }
        }
        return nil
    }

    private func changes(
        _ begin: FourPoints.Point, _ end: FourPoints.Point, _ endThreshold: Double
    ) -> Int? {
        let stepCount = Int(span * Self.stepsInModule)
        var (count, irregularCount, runBegin) = (0, 0, 0)
        var isDark = true
        let expected = Double(stepCount) / (span - 6)
        for step in 0...stepCount {
            let part = Double(step) / Double(stepCount)
            let value = view.sample(begin.x + part * (end.x - begin.x), begin.y + part * (end.y - begin.y))
            let threshold = corner.threshold + part * (endThreshold - corner.threshold)
            guard (value < threshold) != isDark else { continue }
            // The first run begins in the middle of a module.
            if count > 0, !Self.regular.contains(Double(step - runBegin) / expected) { irregularCount += 1 }
            (count, runBegin) = (count + 1, step)
            isDark.toggle()
            // Most lines are no timing patterns, and end here soon.
            if irregularCount > Int(span * Self.irregularMax) { return nil }
        }
        return isDark && abs(Double(count) + 6 - span) <= (span + 7) * Self.spanErrorMax ? count : nil
    }

    /// A symbol's size; the format's places are measured from the nearest pattern, so that any size serves.
    private static let size = SymbolLayout.size(version: personVersions.lowerBound)
    private static let formatPlaces = FormatInformation.places(size: size)

    /// The least number of wrong bits in both copies of the format, also for a mirror image.
    private var formatErrorCount: Int {
        var (seen, mirrored) = ((0, 0), (0, 0))
        for place in Self.formatPlaces {
            let bit = 1 << place.bit
            if isDark(place.row, place.column) {
                if place.isFirstCopy { seen.0 |= bit } else { seen.1 |= bit }
            }
            if isDark(place.column, place.row) {
                if place.isFirstCopy { mirrored.0 |= bit } else { mirrored.1 |= bit }
            }
        }
        return FormatInformation.all.reduce(30) { least, format in
            func errorCount(_ copies: (Int, Int)) -> Int {
                (copies.0 ^ format.bits).nonzeroBitCount + (copies.1 ^ format.bits).nonzeroBitCount
            }
            return min(least, errorCount(seen), errorCount(mirrored))
        }
    }

    /// Whether a module near one of the patterns is dark.
    private func isDark(_ row: Int, _ column: Int) -> Bool {
        let size = Self.size
        let (x, y, far) = (Double(column) + 0.5, Double(row) + 0.5, Double(size) - 3.5)
        let (near, place) =
            if column > size / 2 { (right, right.map(x - far, y - 3.5)) } else if row > size / 2 {
                (below, below.map(x - 3.5, y - far))
            } else { (corner, corner.map(x - 3.5, y - 3.5)) }
        return view.sample(place.x, place.y) < near.threshold
    }
}
