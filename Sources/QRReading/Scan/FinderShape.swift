/// A finder pattern as it really lies: its middle, and a module's way across and down from there.
///
/// On cloth and cans each pattern leans its own way, which no line between two of them tells.
struct FinderShape {
    private(set) var x: Double
    private(set) var y: Double
    private(set) var acrossX: Double
    private(set) var acrossY: Double
    private(set) var downX: Double
    private(set) var downY: Double
    /// How much lighter its light modules are than its dark ones, in grey levels, and the grey between.
    private(set) var contrast = 0.0
    private(set) var middleGrey = 0.0
    /// The contrast as part of the whole range of its greys: 1 is drawn, chance stays below a half.
    private(set) var clarity = 0.0

    /// Modules by which its middle, or its edge, is moved.
    private static let steps = [0.8, 0.4, 0.2, 0.1, 0.05]

    /// What is no clearer than this after a step will not become a pattern.
    private static let clarityOfChance = 0.25

    /// Fits a pattern to the picture, from where it is taken to lie.
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

    /// Moves the middle or turns and stretches the pattern around it, so that its edge moves as far.
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

    /// Where a place lies that is so many modules across and down from the middle.
    func map(_ across: Double, _ down: Double) -> FourPoints.Point {
        (x + across * acrossX + down * downX, y + across * acrossY + down * downY)
    }
}
