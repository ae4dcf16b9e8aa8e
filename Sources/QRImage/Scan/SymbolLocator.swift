/// Lays a symbol's plane over a picture, from three finder patterns to the last module.
struct SymbolLocator {
    private let picture: PixelBuffer
    private let triple: FinderTriple
    private let layout: SymbolLayout
    private let span: Double

    init(_ picture: PixelBuffer, _ triple: FinderTriple, version: Int) {
        self.picture = picture
        self.triple = triple
        layout = SymbolLayout.of(version: version)
        span = Double(layout.size) - 3.5
    }

    /// The best plane found, with how well its fixed patterns fit: 1 is perfect, 0 is chance.
    func locate(refined: Bool) -> (plane: Homography, fit: Double)? {
        let (a, b, c) = (triple.upperLeft, triple.upperRight, triple.lowerLeft)
        var points = [(a.x, a.y), (b.x, b.y), (c.x, c.y), (b.x + c.x - a.x, b.y + c.y - a.y)]
        if layout.version > 1, let fourth = searchFourth(points) { points[3] = fourth }
        guard var plane = plane(points) else { return nil }
        var fit = fit(plane)
        if refined { improve(&points, &plane, &fit) }
        return (plane, fit)
    }

    private func plane(_ points: [(Double, Double)]) -> Homography? {
        Homography(
            from: [(3.5, 3.5), (span, 3.5), (3.5, span), (span, span)], to: points.map { (x: $0.0, y: $0.1) })
    }

    /// Tries fourth corners around the parallelogram's, by how well the last alignment pattern then fits.
    private func searchFourth(_ points: [(Double, Double)]) -> (Double, Double)? {
        let module = triple.upperLeft.distance(to: triple.upperRight) / (span - 3.5)
        let reach = max(4, Double(layout.size) * 0.14)
        let step = 0.5
        let centre = Double(layout.size) - 6.5
        var best = (score: -1.0, point: (0.0, 0.0))
        for down in stride(from: -reach, through: reach, by: step) {
            for right in stride(from: -reach, through: reach, by: step) {
                var candidate = points
                candidate[3].0 += right * module
                candidate[3].1 += down * module
                guard let plane = plane(candidate) else { continue }
                // Far from the parallelogram a pattern must fit better to be believed.
                let distance = (right * right + down * down).squareRoot()
                let score = alignmentScore(plane, centre) - distance * 0.6
                if score > best.score { best = (score, candidate[3]) }
            }
        }
        return best.score > 0 ? best.point : nil
    }

    /// Light minus dark over one alignment pattern, in grey levels.
    private func alignmentScore(_ plane: Homography, _ centre: Double) -> Double {
        var light = 0.0
        var dark = 0.0
        for down in -2...2 {
            for right in -2...2 {
                let place = plane.map(centre + Double(right), centre + Double(down))
                let value = picture.sample(place.x, place.y)
                if max(abs(down), abs(right)) == 1 { light += value } else { dark += value }
            }
        }
        return light / 8 - dark / 17
    }

    /// How much lighter the fixed light modules are than the dark ones, as part of their whole range.
    private func fit(_ plane: Homography) -> Double {
        var (light, dark, lightCount, darkCount) = (0.0, 0.0, 0.0, 0.0)
        var (least, most) = (255.0, 0.0)
        for module in layout.fixed {
            let place = plane.map(Double(module.column) + 0.5, Double(module.row) + 0.5)
            let value = picture.sample(place.x, place.y)
            least = min(least, value)
            most = max(most, value)
            if module.isDark {
                dark += value
                darkCount += 1
            } else {
                light += value
                lightCount += 1
            }
        }
        return most > least ? (light / lightCount - dark / darkCount) / (most - least) : 0
    }

    /// Moves one corner at a time for as long as the fixed patterns fit better.
    private func improve(_ points: inout [(Double, Double)], _ plane: inout Homography, _ fit: inout Double) {
        let module = triple.upperLeft.distance(to: triple.upperRight) / (span - 3.5)
        for step in [0.8, 0.4, 0.2, 0.1] {
            for _ in 0..<3 {
                var moved = false
                for corner in [3, 1, 2, 0] {
                    for (right, down) in [(1.0, 0.0), (-1, 0), (0, 1), (0, -1)] {
                        var candidate = points
                        candidate[corner].0 += right * step * module
                        candidate[corner].1 += down * step * module
                        guard let next = self.plane(candidate) else { continue }
                        let nextFit = self.fit(next)
                        if nextFit > fit { (points, plane, fit, moved) = (candidate, next, nextFit, true) }
                    }
                }
                if !moved { break }
            }
        }
    }
}
