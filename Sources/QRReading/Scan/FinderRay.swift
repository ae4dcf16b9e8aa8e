/// A finder pattern along a line through its middle: where its edges are, and the size of a module in that direction.
///
/// A module's size in pixels differs by direction where a symbol is turned or tilted; rows and columns do not show it.
struct FinderRay {
    /// The distance from the assumed to the measured middle, in pixels.
    let shift: Double
    /// Pixels a module.
    let module: Double
    /// The grey between dark and light.
    let threshold: Double

    /// The same line in the opposite direction.
    var reversed: FinderRay { FinderRay(shift: -shift, module: module, threshold: threshold) }

    private init(shift: Double, module: Double, threshold: Double) {
        (self.shift, self.module, self.threshold) = (shift, module, threshold)
    }

    private static let stepsInModule = 6.0
    /// The steps to each side: a pattern that is turned by 45° seems larger in its row than it is.
    private static let reach = 30
    /// The steps within which both dark and light occur.
    private static let core = 18
    private static let contrastMin = 8.0
    /// The edges' distances from the middle, as fractions of the outermost one's: 3/7 and 5/7, with blur.
    private static let (inner, outer) = (0.28...0.58, 0.58...0.86)
    private static let sidesRatio = 0.6...1.67

    /// Measures a pattern; nil if light and dark do not alternate as in a finder pattern.
    ///
    /// - Parameters:
    ///   - pattern: its approximate middle and size.
    ///   - right: the horizontal part of the direction, whose length is 1.
    ///   - down: the vertical part.
    ///   - view: the picture, with dark patterns.
    init?(_ pattern: FinderPattern, right: Double, down: Double, in view: GreyView) {
        let step = pattern.module / Self.stepsInModule
        var profile = InlineArray<61, Double>(repeating: 0)
        var (least, most) = (255.0, 0.0)
        for index in profile.indices {
            let distance = Double(index - Self.reach) * step
            let value = view.sample(pattern.x + distance * right, pattern.y + distance * down)
            profile[index] = value
            guard abs(index - Self.reach) <= Self.core else { continue }
            (least, most) = (min(least, value), max(most, value))
        }
        guard most - least >= Self.contrastMin else { return nil }
        let threshold = (least + most) / 2
        guard let ahead = Self.edge(profile, towards: 1, threshold),
            let behind = Self.edge(profile, towards: -1, threshold), Self.sidesRatio.contains(ahead / behind)
        else { return nil }
        self.threshold = threshold
        module = (ahead + behind) * step / 7
        shift = (ahead - behind) * step / 2
    }

    /// The steps from the middle to the pattern's outer edge; nil if the edges' distances do not match.
    private static func edge(_ profile: InlineArray<61, Double>, towards side: Int, _ threshold: Double) -> Double? {
        guard profile[reach] < threshold else { return nil }
        var edges = (0.0, 0.0)
        var count = 0
        for index in 1...reach {
            let (before, value) = (profile[reach + side * (index - 1)], profile[reach + side * index])
            guard (before < threshold) != (value < threshold) else { continue }
            let place = Double(index - 1) + (threshold - before) / (value - before)
            count += 1
            switch count {
            case 1: edges.0 = place
            case 2: edges.1 = place
            default: return inner.contains(edges.0 / place) && outer.contains(edges.1 / place) ? place : nil
            }
        }
        return nil
    }
}

/// A grey picture as it is, or with dark and light exchanged.
struct GreyView {
    let picture: PixelBuffer
    let isInverted: Bool

    @inline(__always)
    func sample(_ x: Double, _ y: Double) -> Double {
        let value = picture.sample(x, y)
        return isInverted ? 255 - value : value
    }
}
