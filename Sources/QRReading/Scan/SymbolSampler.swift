import QRStandard

/// Reads the modules of a located symbol and decides which are dark; reuses its buffers for every symbol.
struct SymbolSampler {
    private var size = 0
    private var greys: [Double] = []
    /// The greys after a rule's correction of blur.
    private var values: [Double] = []
    private var sums: [Double] = []
    /// The modules row after row, by the latest rule.
    private(set) var isDark: [Bool] = []
    /// Each module's distance from the threshold; 0 for a module that is probably damaged.
    private(set) var certainties: [Double] = []

    /// The sample positions in a module, in each direction: larger modules are averaged over their middle half, which
    /// reduces noise.
    private static let (inSmall, inMiddling, inLarge) = ([0.5], [0.35, 0.65], [0.25, 0.5, 0.75])
    /// The positions for modules that are drawn as dots: the middle third has the module's colour, what is around it
    /// may be a picture.
    private static let inThirds = [1.0 / 6, 0.5, 5.0 / 6]

    /// Measures every module of a symbol.
    mutating func sample(_ picture: PixelBuffer, _ map: some ModuleMap, size: Int) {
        self.size = size
        greys.removeAll(keepingCapacity: true)
        isDark.removeAll(keepingCapacity: true)
        let (first, last) = (map.map(0, 0), map.map(Double(size), Double(size)))
        let diagonal = ((last.x - first.x) * (last.x - first.x) + (last.y - first.y) * (last.y - first.y)).squareRoot()
        let module = diagonal / (Double(size) * 1.414)
        let places = module < 2.5 ? Self.inSmall : module < 6 ? Self.inMiddling : Self.inLarge
        let share = Double(places.count * places.count)
        for row in 0..<size {
            for column in 0..<size {
                var sum = 0.0
                for down in places {
                    for right in places {
                        let place = map.map(Double(column) + right, Double(row) + down)
                        sum += picture.sample(place.x, place.y)
                    }
                }
                greys.append(sum / share)
            }
        }
    }

    /// Measures every module of a symbol whose modules are drawn as dots, maybe over a picture.
    mutating func sampleDots(_ picture: PixelBuffer, _ map: some ModuleMap, size: Int) {
        self.size = size
        greys.removeAll(keepingCapacity: true)
        isDark.removeAll(keepingCapacity: true)
        for row in 0..<size {
            for column in 0..<size { greys.append(Self.dot(picture, map, row, column)) }
        }
    }

    /// The grey of a module's middle, without what blur brought there from around it.
    private static func dot(_ picture: PixelBuffer, _ map: some ModuleMap, _ row: Int, _ column: Int) -> Double {
        var (sum, middle) = (0.0, 0.0)
        for down in inThirds {
            for right in inThirds {
                let place = map.map(Double(column) + right, Double(row) + down)
                let value = picture.sample(place.x, place.y)
                sum += value
                if down == 0.5, right == 0.5 { middle = value }
            }
        }
        return 2 * middle - (sum - middle) / 8
    }

    /// The fraction of timing and alignment modules that have the right colour as dots, by the finder patterns' greys.
    static func agreementOfDots(_ picture: PixelBuffer, _ map: some ModuleMap, _ layout: SymbolLayout) -> Double {
        var (light, dark, lightCount) = (0.0, 0.0, 0.0)
        for module in layout.finders {
            let grey = dot(picture, map, module.row, module.column)
            if module.isDark { dark += grey } else { light += grey }
            lightCount += module.isDark ? 0 : 1
        }
        let threshold = (light / lightCount + dark / (Double(layout.finders.count) - lightCount)) / 2
        // The fixed modules begin with the finder patterns, which are drawn whole.
        let others = layout.fixed.dropFirst(layout.finders.count)
        let agreed = others.count { $0.isDark == (dot(picture, map, $0.row, $0.column) < threshold) }
        return Double(agreed) / Double(others.count)
    }

    /// A rule that separates dark from light modules.
    struct Rule {
        /// The fraction of the neighbours' grey that is subtracted from a module against blur.
        let sharpening: Double
        /// The radius, in modules, of the area whose mean is the threshold; nil for the whole symbol.
        let radius: Int?
    }

    /// The rules to try: blur, shade and glare each need a different one.
    static let rules = [
        Rule(sharpening: 0, radius: 5), Rule(sharpening: 0.15, radius: 7), Rule(sharpening: 0.35, radius: 9),
        Rule(sharpening: 0, radius: nil),
    ]

    /// Decides which modules are dark.
    mutating func apply(_ rule: Rule) {
        values.removeAll(keepingCapacity: true)
        values.append(contentsOf: greys)
        if rule.sharpening > 0 { sharpen(by: rule.sharpening) }
        isDark.removeAll(keepingCapacity: true)
        certainties.removeAll(keepingCapacity: true)
        if let radius = rule.radius {
            compare(radius: radius)
        } else {
            let mean = ((values.max() ?? 0) + (values.min() ?? 0)) / 2
            for value in values { take(value, mean) }
        }
    }

    /// Transposes the modules, for a symbol seen from behind or in a mirror.
    mutating func transpose() {
        for row in 0..<size {
            for column in 0..<row { greys.swapAt(row * size + column, column * size + row) }
        }
    }

    /// Computes the modules' certainties by the latest rule.
    ///
    /// Masks leave no large areas of one colour: a module with the colour of all eight around it is probably covered by
    /// glare or dirt.
    mutating func weigh() {
        for row in 1..<(size - 1) {
            for column in 1..<(size - 1) {
                let place = row * size + column
                let colour = isDark[place]
                let isArea =
                    isDark[place - 1] == colour && isDark[place + 1] == colour
                    && isDark[place - size] == colour && isDark[place + size] == colour
                    && isDark[place - size - 1] == colour && isDark[place - size + 1] == colour
                    && isDark[place + size - 1] == colour && isDark[place + size + 1] == colour
                if isArea { certainties[place] = 0 }
            }
        }
    }

    /// The fraction of the version's fixed modules that have the right colour; 0 before any rule.
    func agreement(_ layout: SymbolLayout) -> Double {
        guard isDark.count == layout.size * layout.size else { return 0 }
        var count = 0
        for module in layout.fixed where isDark[module.row * size + module.column] == module.isDark { count += 1 }
        return Double(count) / Double(layout.fixed.count)
    }

    private mutating func sharpen(by part: Double) {
        for row in 0..<size {
            for column in 0..<size {
                let place = row * size + column
                let around =
                    greys[row > 0 ? place - size : place] + greys[row < size - 1 ? place + size : place]
                    + greys[column > 0 ? place - 1 : place] + greys[column < size - 1 ? place + 1 : place]
                values[place] = greys[place] + part * (4 * greys[place] - around)
            }
        }
    }

    private mutating func take(_ value: Double, _ threshold: Double) {
        isDark.append(value < threshold)
        certainties.append(abs(value - threshold))
    }

    /// Compares each module with the mean of its neighbourhood, computed from sums over rectangles.
    private mutating func compare(radius: Int) {
        let stride = size + 1
        sums.removeAll(keepingCapacity: true)
        sums.append(contentsOf: repeatElement(0, count: stride * stride))
        for row in 0..<size {
            var line = 0.0
            for column in 0..<size {
                line += values[row * size + column]
                sums[(row + 1) * stride + column + 1] = sums[row * stride + column + 1] + line
            }
        }
        for row in 0..<size {
            let (top, bottom) = (max(0, row - radius), min(size, row + radius + 1))
            for column in 0..<size {
                let (left, right) = (max(0, column - radius), min(size, column + radius + 1))
                let sum =
                    sums[bottom * stride + right] - sums[top * stride + right] - sums[bottom * stride + left]
                    + sums[top * stride + left]
                take(values[row * size + column], sum / Double((bottom - top) * (right - left)))
            }
        }
    }
}
