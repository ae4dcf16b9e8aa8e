/// The exact position and shape of a finder pattern: its middle, and one module's vectors across and down.
///
/// On cloth and cans each pattern is tilted differently, which lines between the patterns do not show.
struct FinderShape {
    private(set) var x: Double
    private(set) var y: Double
    private(set) var acrossX: Double
    private(set) var acrossY: Double
    private(set) var downX: Double
    private(set) var downY: Double
    /// The difference between its light and dark modules, in grey levels, and the grey halfway between them.
    private(set) var contrast = 0.0
    private(set) var middleGrey = 0.0
    /// The contrast as a fraction of its whole range of greys: 1 for drawn patterns, below a half for chance matches.
    private(set) var clarity = 0.0

    /// The distances, in modules, by which its middle or its edge is moved.
    private static let steps = [0.8, 0.4, 0.2, 0.1, 0.05]

    /// A pattern with less clarity than this after a step is given up.
    private static let clarityOfChance = 0.25

    /// Fits a pattern to the picture, beginning at its assumed position.
    init(_ pattern: FinderPattern, across: FourPoints.Point, down: FourPoints.Point, in picture: PixelBuffer) {
        (x, y) = (pattern.x, pattern.y)
        (acrossX, acrossY, downX, downY) = (across.x, across.y, down.x, down.y)
        measure(picture)
        for step in Self.steps {
            for _ in 0..<4 {
                let before = contrast
                for move in 0..<6 {
                    take(moved(move, by: step), picture)
                    take(moved(move, by: -step), picture)
                }
                if contrast == before { break }
            }
            if clarity < Self.clarityOfChance { return }
        }
    }

    private mutating func take(_ other: FinderShape, _ picture: PixelBuffer) {
        var other = other
        other.measure(picture)
        if other.contrast > contrast { self = other }
    }

    /// Moves the middle, or turns or stretches the pattern so that its edge moves by `modules`.
    private func moved(_ move: Int, by modules: Double) -> FinderShape {
        var result = self
        let part = modules / 3.5
        switch move {
        case 0: (result.x, result.y) = (x + modules * acrossX, y + modules * acrossY)
        case 1: (result.x, result.y) = (x + modules * downX, y + modules * downY)
        case 2: (result.acrossX, result.acrossY) = (acrossX * (1 + part), acrossY * (1 + part))
        case 3: (result.downX, result.downY) = (downX * (1 + part), downY * (1 + part))
        case 4: (result.acrossX, result.acrossY) = (acrossX + part * downX, acrossY + part * downY)
        default: (result.downX, result.downY) = (downX + part * acrossX, downY + part * acrossY)
        }
        return result
    }

    private mutating func measure(_ picture: PixelBuffer) {
        var (light, dark, lightCount) = (0.0, 0.0, 0.0)
        var (least, most) = (255.0, 0.0)
        for row in -4...4 {
            for column in -4...4 {
                let place = map(Double(column), Double(row))
                let value = picture.sample(place.x, place.y)
                (least, most) = (min(least, value), max(most, value))
                let ring = max(abs(row), abs(column))
                if ring == 2 || ring == 4 {
                    light += value
                    lightCount += 1
                } else {
                    dark += value
                }
            }
        }
        (light, dark) = (light / lightCount, dark / (81 - lightCount))
        (contrast, middleGrey) = (light - dark, (light + dark) / 2)
        clarity = most > least ? contrast / (most - least) : 0
    }

    /// The picture position of a point that is given in modules across and down from the middle.
    func map(_ across: Double, _ down: Double) -> FourPoints.Point {
        (x + across * acrossX + down * downX, y + across * acrossY + down * downY)
    }
}
