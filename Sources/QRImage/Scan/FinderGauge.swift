/// Measures finder patterns along lines through their middle, in parts of a pixel.
///
/// Across a pattern the plane hardly bends, so that its edges lie evenly; how they widen from one pattern to the
/// next says how the symbol is tilted.
struct FinderGauge {
    private let picture: PixelBuffer

    /// A direction in the picture, of length 1.
    typealias Direction = (x: Double, y: Double)

    struct Reading {
        /// How far along the line the pattern's middle lies from where it was taken to be, in pixels.
        let shift: Double
        /// Pixels a module, along the line.
        let module: Double
    }

    /// Where edges lie from the middle, in modules, and which way blur and glare push them.
    private static let edges: [(place: Double, bias: Double)] = [
        (-3.5, 1), (-2.5, -1), (-1.5, 1), (1.5, -1), (2.5, 1), (3.5, -1),
    ]
    /// Places a module at which the line is looked at.
    private static let stepsInModule = 6.0
    private static let reachModules = 6.5
    /// Lines beside one another whose mean is looked at, which takes the noise out; in modules.
    private static let offsets = [-0.8, -0.4, 0, 0.4, 0.8]

    init(_ picture: PixelBuffer) {
        self.picture = picture
    }

    /// Measures one pattern.
    ///
    /// - Parameters:
    ///   - pattern: where it lies, roughly.
    ///   - along: the line's direction.
    ///   - beside: the direction of the edges that the line crosses.
    /// - Returns: nil where the line does not cross light and dark as a finder pattern's does.
    func measure(_ pattern: FinderPattern, along: Direction, beside: Direction) -> Reading? {
        let step = max(pattern.module, 1) / Self.stepsInModule
        let reach = Int(Self.reachModules * 1.5 * Self.stepsInModule)
        let profile = (-reach...reach).map { place -> Double in
            let distance = Double(place) * step
            let sum = Self.offsets.reduce(0.0) { sum, offset in
                let aside = offset * pattern.module
                return sum
                    + picture.sample(
                        pattern.x + distance * along.x + aside * beside.x,
                        pattern.y + distance * along.y + aside * beside.y)
            }
            return sum / Double(Self.offsets.count)
        }
        guard let ahead = Self.crossings(profile, from: reach, by: 1),
            let behind = Self.crossings(profile, from: reach, by: -1)
        else { return nil }
        let places = behind.reversed().map { -$0 * step } + ahead.map { $0 * step }
        return Self.fit(places)
    }

    /// How many steps away core, gap and ring end.
    private static func crossings(_ profile: [Double], from middle: Int, by step: Int) -> [Double]? {
        let inner = Int(3 * stepsInModule)
        let near = profile[(middle - inner)...(middle + inner)]
        guard let least = near.min(), let most = near.max(), most - least > 6 else { return nil }
        let level = (least + most) / 2
        var result: [Double] = []
        var place = middle
        var isDark = true
        guard profile[place] < level else { return nil }
        while result.count < 3 {
            let next = place + step
            guard profile.indices.contains(next) else { return nil }
            if (profile[next] < level) != isDark {
                let part = (level - profile[place]) / (profile[next] - profile[place])
                result.append(Double(abs(place - middle)) + part)
                isDark.toggle()
            }
            place = next
        }
        return result
    }

    /// The line of least squares through the edges, and through how blur moves them.
    private static func fit(_ places: [Double]) -> Reading? {
        let shift = places.reduce(0, +) / 6
        var (placeBias, biasPixels, placePixels) = (0.0, 0.0, 0.0)
        for (edge, pixels) in zip(edges, places) {
            placeBias += edge.place * edge.bias
            biasPixels += edge.bias * pixels
            placePixels += edge.place * pixels
        }
        let squares = 2 * (3.5 * 3.5 + 2.5 * 2.5 + 1.5 * 1.5)
        let module = (placePixels * 6 - biasPixels * placeBias) / (squares * 6 - placeBias * placeBias)
        guard module > 0.5 else { return nil }
        // What does not lie evenly is no finder pattern.
        let bias = (biasPixels - module * placeBias) / 6
        let isEven = zip(edges, places).allSatisfy { edge, pixels in
            abs(pixels - shift - edge.place * module - edge.bias * bias) < 0.5 * module + 0.3
        }
        return isEven && abs(bias) < 0.6 * module ? Reading(shift: shift, module: module) : nil
    }
}
