/// Measures finder patterns along lines through their middle, to a fraction of a pixel.
///
/// Perspective hardly changes within a pattern, so its edges are evenly spaced. The change of their spacing from one
/// pattern to the next gives the tilt of the symbol.
struct FinderGauge {
    private let picture: PixelBuffer

    /// A direction in the picture, of length 1.
    typealias Direction = (x: Double, y: Double)

    struct Reading {
        /// The distance along the line from the assumed to the measured middle, in pixels.
        let shift: Double
        /// Pixels a module, along the line.
        let module: Double
    }

    /// The edges' distances from the middle, in modules, and the direction in which blur and glare move them.
    private static let edges: [(place: Double, bias: Double)] = [
        (-3.5, 1), (-2.5, -1), (-1.5, 1), (1.5, -1), (2.5, 1), (3.5, -1),
    ]
    /// The samples of the line in one module.
    private static let stepsInModule = 6.0
    /// The steps to each side: six and a half modules and half as much again.
    private static let reach = 58
    /// The grey at each step of the line.
    private typealias Profile = InlineArray<117, Double>
    /// The offsets of parallel lines, in modules; their mean has less noise.
    private static let offsets = [-0.8, -0.4, 0, 0.4, 0.8]

    init(_ picture: PixelBuffer) {
        self.picture = picture
    }

    /// Measures one pattern.
    ///
    /// - Parameters:
    ///   - pattern: the pattern's approximate position.
    ///   - along: the line's direction.
    ///   - beside: the direction of the edges that the line crosses.
    /// - Returns: nil if light and dark along the line do not match a finder pattern.
    func measure(_ pattern: FinderPattern, along: Direction, beside: Direction) -> Reading? {
        let step = max(pattern.module, 1) / Self.stepsInModule
        var profile = Profile(repeating: 0)
        for index in profile.indices {
            let distance = Double(index - Self.reach) * step
            var sum = 0.0
            for offset in Self.offsets {
                let aside = offset * pattern.module
                sum += picture.sample(
                    pattern.x + distance * along.x + aside * beside.x,
                    pattern.y + distance * along.y + aside * beside.y)
            }
            profile[index] = sum / Double(Self.offsets.count)
        }
        guard let ahead = Self.crossings(profile, by: 1), let behind = Self.crossings(profile, by: -1) else {
            return nil
        }
        return Self.fit([
            -behind[2] * step, -behind[1] * step, -behind[0] * step, ahead[0] * step, ahead[1] * step, ahead[2] * step,
        ])
    }

    /// The steps from the middle to the ends of core, gap and ring.
    private static func crossings(_ profile: Profile, by step: Int) -> InlineArray<3, Double>? {
        let inner = Int(3 * stepsInModule)
        var (least, most) = (profile[reach], profile[reach])
        for index in (reach - inner)...(reach + inner) {
            (least, most) = (min(least, profile[index]), max(most, profile[index]))
        }
        guard most - least > 6 else { return nil }
        let level = (least + most) / 2
        var result = InlineArray<3, Double>(repeating: 0)
        var crossed = 0
        var place = reach
        var isDark = true
        guard profile[place] < level else { return nil }
        while crossed < 3 {
            let next = place + step
            guard profile.indices.contains(next) else { return nil }
            if (profile[next] < level) != isDark {
                let part = (level - profile[place]) / (profile[next] - profile[place])
                result[crossed] = Double(abs(place - reach)) + part
                crossed += 1
                isDark.toggle()
            }
            place = next
        }
        return result
    }

    /// Fits spacing, middle and blur to the edges by least squares.
    private static func fit(_ places: InlineArray<6, Double>) -> Reading? {
        var (shift, placeBias, biasPixels, placePixels) = (0.0, 0.0, 0.0, 0.0)
        for index in places.indices {
            let (edge, pixels) = (edges[index], places[index])
            shift += pixels / 6
            placeBias += edge.place * edge.bias
            biasPixels += edge.bias * pixels
            placePixels += edge.place * pixels
        }
        let squares = 2 * (3.5 * 3.5 + 2.5 * 2.5 + 1.5 * 1.5)
        let module = (placePixels * 6 - biasPixels * placeBias) / (squares * 6 - placeBias * placeBias)
        guard module > 0.5 else { return nil }
        let bias = (biasPixels - module * placeBias) / 6
        guard abs(bias) < 0.6 * module else { return nil }
        // The edges of a finder pattern are evenly spaced.
        for index in places.indices {
            let expected = shift + edges[index].place * module + edges[index].bias * bias
            guard abs(places[index] - expected) < 0.5 * module + 0.3 else { return nil }
        }
        return Reading(shift: shift, module: module)
    }
}
