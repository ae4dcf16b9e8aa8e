/// Lays a symbol's plane over a picture, from three finder patterns to the last module.
struct SymbolLocator {
    /// A plane that fits so well is a drawn symbol's, seen straight on: there is nothing to search for.
    private static let fitOfDrawn = 0.95

    private let picture: PixelBuffer
    private let frame: FinderFrame
    private let layout: SymbolLayout
    private let span: Double

    init(_ picture: PixelBuffer, _ frame: FinderFrame, version: Int) {
        self.picture = picture
        self.frame = frame
        layout = SymbolLayout.of(version: version)
        span = Double(layout.size) - 3.5
    }

    /// The best plane found, with how well its fixed patterns fit: 1 is perfect, 0 is chance.
    ///
    /// When refined, planes close by follow it: on cloth and bent paper one of them often serves better.
    func locate(refined: Bool, deadline: Deadline) -> (planes: [Homography], fit: Double)? {
        var best: (points: FourPoints, plane: Homography, fit: Double)?
        for start in [frame.tilted, frame.flat] {
            for points in [start, searchFourth(start, refined: refined)] {
                guard let points, let plane = plane(points) else { continue }
                let fit = fit(plane)
                if fit > best?.fit ?? 0 { best = (points, plane, fit) }
                if fit > Self.fitOfDrawn || deadline.isOver { break }
            }
            if best?.fit ?? 0 > Self.fitOfDrawn || deadline.isOver { break }
        }
        guard var (points, plane, fit) = best else { return nil }
        guard refined else { return ([plane], fit) }
        let found = plane
        improve(&points, &plane, &fit, deadline: deadline)
        let near = [(0.5, 0.0), (-0.5, 0.0), (0.0, 0.5), (0.0, -0.5)].flatMap { right, down in
            [3, 1, 2].compactMap { corner in
                self.plane(points.moved(corner: corner, right: right * modulePixels, down: down * modulePixels))
            }
        }
        return ([plane, found] + near, fit)
    }

    /// How well the timing patterns alternate: what tells versions apart cheaply.
    var timingFit: Double { max(timingFit(frame.tilted), timingFit(frame.flat)) }

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

    private func plane(_ points: FourPoints) -> Homography? {
        Homography(first: 3.5, last: span, points: points)
    }

    private var modulePixels: Double { frame.upperLeft.distance(to: frame.upperRight) / (span - 3.5) }

    /// The fourth corner by the last alignment pattern; nil where there is none.
    private func searchFourth(_ points: FourPoints, refined: Bool) -> FourPoints? {
        guard layout.version > 1, let plane = plane(points) else { return nil }
        let centre = Double(layout.size) - 6.5
        let reach = refined ? max(4, Double(layout.size) * 0.12) : 3
        let search = AlignmentSearch(picture, plane, contrast: contrast(plane))
        return search.find(column: centre, row: centre, reach: reach).flatMap { point in
            frame.corners(part: (centre - 3.5) / (span - 3.5), at: point)
        }
    }

    /// Light minus dark over the finder patterns, in grey levels.
    private func contrast(_ plane: Homography) -> Double {
        var difference = 0.0
        for (column, row) in [(3.5, 3.5), (span, 3.5), (3.5, span)] {
            let core = plane.map(column, row)
            difference -= picture.sample(core.x, core.y)
            for (right, down) in [(2.0, 0.0), (-2, 0), (0, 2), (0, -2)] {
                let ring = plane.map(column + right, row + down)
                difference += picture.sample(ring.x, ring.y) / 4
            }
        }
        return max(difference / 3, 4)
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
    private func improve(
        _ points: inout FourPoints, _ plane: inout Homography, _ fit: inout Double, deadline: Deadline
    ) {
        for step in [0.8, 0.4, 0.2, 0.1] {
            for _ in 0..<3 where !deadline.isOver {
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
