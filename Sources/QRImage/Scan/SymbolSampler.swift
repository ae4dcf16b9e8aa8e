/// Reads the modules of a located symbol, and decides which are dark.
struct SymbolSampler {
    private var greys: [Double] = []
    private let size: Int

    init(_ picture: PixelBuffer, _ plane: Homography, size: Int) {
        self.size = size
        greys.reserveCapacity(size * size)
        // Larger modules are averaged over their middle half, which takes the noise out.
        let (first, last) = (plane.map(0, 0), plane.map(Double(size), Double(size)))
        let diagonal = ((last.x - first.x) * (last.x - first.x) + (last.y - first.y) * (last.y - first.y)).squareRoot()
        let module = diagonal / (Double(size) * 1.414)
        let offsets: [Double] = module < 2.5 ? [0.5] : module < 6 ? [0.35, 0.65] : [0.25, 0.5, 0.75]
        for row in 0..<size {
            for column in 0..<size {
                var sum = 0.0
                for down in offsets {
                    for right in offsets {
                        let place = plane.map(Double(column) + right, Double(row) + down)
                        sum += picture.sample(place.x, place.y)
                    }
                }
                greys.append(sum / Double(offsets.count * offsets.count))
            }
        }
    }

    /// One way to tell dark from light.
    struct Rule {
        /// How much of its neighbours' blur is taken out of a module.
        let sharpening: Double
        /// Modules to each side whose mean is the threshold; nil takes the whole symbol.
        let radius: Int?
    }

    /// The rules worth trying: blur, shade and glare each need another.
    static let rules = [
        Rule(sharpening: 0, radius: 5), Rule(sharpening: 0.15, radius: 7), Rule(sharpening: 0.35, radius: 9),
        Rule(sharpening: 0, radius: nil),
    ]

    func modules(by rule: Rule) -> [Bool] {
        var values = greys
        if rule.sharpening > 0 {
            for row in 0..<size {
                for column in 0..<size {
                    let place = row * size + column
                    let around =
                        greys[row > 0 ? place - size : place] + greys[row < size - 1 ? place + size : place]
                        + greys[column > 0 ? place - 1 : place] + greys[column < size - 1 ? place + 1 : place]
                    values[place] = greys[place] + rule.sharpening * (4 * greys[place] - around)
                }
            }
        }
        guard let radius = rule.radius else {
            let mean = ((values.max() ?? 0) + (values.min() ?? 0)) / 2
            return values.map { $0 < mean }
        }
        return compare(values, radius: radius)
    }

    /// Compares each module with the mean around it, by sums over rectangles.
    private func compare(_ values: [Double], radius: Int) -> [Bool] {
        let stride = size + 1
        var sums = [Double](repeating: 0, count: stride * stride)
        for row in 0..<size {
            var line = 0.0
            for column in 0..<size {
                line += values[row * size + column]
                sums[(row + 1) * stride + column + 1] = sums[row * stride + column + 1] + line
            }
        }
        return (0..<(size * size)).map { place in
            let (row, column) = (place / size, place % size)
            let (top, bottom) = (max(0, row - radius), min(size, row + radius + 1))
            let (left, right) = (max(0, column - radius), min(size, column + radius + 1))
            let sum =
                sums[bottom * stride + right] - sums[top * stride + right] - sums[bottom * stride + left]
                + sums[top * stride + left]
            return values[place] < sum / Double((bottom - top) * (right - left))
        }
    }
}
