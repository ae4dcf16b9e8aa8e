import Glibc

/// Lays a symbol's plane over a picture, from three finder patterns to the last module.
struct SymbolLocator {
    /// A plane that fits so well is a drawn symbol's, seen straight on: there is nothing to search for.
    private static let fitOfDrawn = 0.95

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
    ///
    /// When refined, planes close by follow it: on cloth and bent paper one of them often serves better.
    func locate(refined: Bool) -> (planes: [Homography], fit: Double)? {
        let candidates = starts.compactMap { start -> (points: FourPoints, plane: Homography, fit: Double)? in
            if let found = plane(start).map({ (points: start, plane: $0, fit: fit($0)) }),
                layout.version == 1 || found.fit > Self.fitOfDrawn
            {
                return found
            }
            let points = searchFourth(start, refined: refined)
            return plane(points).map { (points, $0, fit($0)) }
        }
        guard var (points, plane, fit) = candidates.max(by: { $0.fit < $1.fit }) else { return nil }
        guard refined else { return ([plane], fit) }
        let flat = plane
        improve(&points, &plane, &fit)
        let near = [(0.5, 0.0), (-0.5, 0.0), (0.0, 0.5), (0.0, -0.5)].flatMap { right, down in
            [3, 1, 2].compactMap { corner in
                self.plane(points.moved(corner: corner, right: right * modulePixels, down: down * modulePixels))
            }
        }
        return ([plane, flat] + near, fit)
    }

    /// How well the timing patterns alternate: what tells versions apart cheaply.
    var timingFit: Double { starts.map(timingFit).max() ?? -255 }

    private func timingFit(_ points: FourPoints) -> Double {
        guard let plane = plane(points) else { return -255 }
        var sum = 0.0
        for index in 8..<(layout.size - 7) {
            let sign = index % 2 == 0 ? -1.0 : 1.0
            let across = plane.map(Double(index) + 0.5, 6.5)
            let down = plane.map(6.5, Double(index) + 0.5)
            sum += sign * (picture.sample(across.x, across.y) + picture.sample(down.x, down.y))
        }
        return sum / Double(layout.size - 15)
    }

    /// Where the fourth corner lies if the symbol is seen straight on, and if the patterns' sizes tell its tilt.
    private var starts: [FourPoints] {
        let (a, b, c) = (triple.upperLeft, triple.upperRight, triple.lowerLeft)
        let flat = FourPoints(
            upperLeft: (a.x, a.y), upperRight: (b.x, b.y), lowerLeft: (c.x, c.y),
            lowerRight: (b.x + c.x - a.x, b.y + c.y - a.y))
        // Under perspective, areas shrink with the third power of the depth, and depth is linear over a plane.
        let (depthA, depthB, depthC) = (Self.depth(a), Self.depth(b), Self.depth(c))
        let depth = depthB + depthC - depthA
        guard depth > 0.2 * depthA else { return [flat] }
        var tilted = flat
        tilted.lowerRight = (
            (b.x * depthB + c.x * depthC - a.x * depthA) / depth, (b.y * depthB + c.y * depthC - a.y * depthA) / depth
        )
        return [flat, tilted]
    }

    private static func depth(_ pattern: FinderPattern) -> Double { exp2(-log2(pattern.module) * 2 / 3) }

    private func plane(_ points: FourPoints) -> Homography? {
        Homography(first: 3.5, last: span, points: points)
    }

    private var modulePixels: Double { triple.upperLeft.distance(to: triple.upperRight) / (span - 3.5) }

    /// Tries fourth corners around the parallelogram's, by how well the last alignment pattern then fits.
    private func searchFourth(_ points: FourPoints, refined: Bool) -> FourPoints {
        let centre = Double(layout.size) - 6.5
        var best = (score: 0.0, right: 0.0, down: 0.0)
        var (middleRight, middleDown, step) = (0.0, 0.0, 0.75)
        var extent = refined ? max(4, Double(layout.size) * 0.15) : 3
        while step > 0.1 {
            for down in stride(from: middleDown - extent, through: middleDown + extent, by: step) {
                for right in stride(from: middleRight - extent, through: middleRight + extent, by: step) {
                    let candidate = points.moved(corner: 3, right: right * modulePixels, down: down * modulePixels)
                    guard let plane = plane(candidate) else { continue }
                    // Far from the parallelogram a pattern must fit better to be believed.
                    let distance = (right * right + down * down).squareRoot()
                    let score = alignmentScore(plane, centre) - distance * 0.6
                    if score > best.score { best = (score, right, down) }
                }
            }
            (middleRight, middleDown, extent, step) = (best.right, best.down, step, step / 2.5)
        }
        return points.moved(corner: 3, right: best.right * modulePixels, down: best.down * modulePixels)
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
    private func improve(_ points: inout FourPoints, _ plane: inout Homography, _ fit: inout Double) {
        for step in [0.8, 0.4, 0.2, 0.1] {
            for _ in 0..<3 {
                var hasMoved = false
                for corner in [3, 1, 2, 0] {
                    for (right, down) in [(1.0, 0.0), (-1, 0), (0, 1), (0, -1)] {
                        let reach = step * modulePixels
                        let candidate = points.moved(corner: corner, right: right * reach, down: down * reach)
                        guard let next = self.plane(candidate) else { continue }
                        let nextFit = self.fit(next)
                        if nextFit > fit { (points, plane, fit, hasMoved) = (candidate, next, nextFit, true) }
                    }
                }
                if !hasMoved { break }
            }
        }
    }
}
