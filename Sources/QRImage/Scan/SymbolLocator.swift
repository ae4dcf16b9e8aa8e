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

    /// A plane that was found, with how well its fixed patterns fit: 1 is perfect, 0 is chance.
    struct Place {
        fileprivate(set) var plane: Homography
        fileprivate(set) var fit: Double
        fileprivate var points: FourPoints
        /// As it was before it was improved.
        fileprivate var found: Homography
    }

    /// The best plane found.
    func locate(refined: Bool, deadline: Deadline) -> Place? {
        var best: Place?
        search(from: frame.tilted, refined: refined, deadline: deadline, &best)
        if !isEnough(best, deadline) { search(from: frame.flat, refined: refined, deadline: deadline, &best) }
        guard refined, var improved = best else { return best }
        improve(&improved, deadline: deadline)
        return improved
    }

    private func isEnough(_ best: Place?, _ deadline: Deadline) -> Bool {
        best?.fit ?? 0 > Self.fitOfDrawn || deadline.isOver
    }

    private func search(from start: FourPoints, refined: Bool, deadline: Deadline, _ best: inout Place?) {
        take(start, &best)
        if !isEnough(best, deadline), let points = searchFourth(start, refined: refined) { take(points, &best) }
    }

    private func take(_ points: FourPoints, _ best: inout Place?) {
        guard let plane = plane(points) else { return }
        let fit = fit(plane)
        if fit > best?.fit ?? 0 { best = Place(plane: plane, fit: fit, points: points, found: plane) }
    }

    /// How many planes a place gives to read by: on cloth and bent paper one close by often serves better.
    static func planeCount(refined: Bool) -> Int { refined ? 2 + nearCorners.count * directions.count : 1 }

    private static let nearCorners = [3, 1, 2]
    private static let directions = [(1.0, 0.0), (-1, 0), (0, 1), (0, -1)]

    /// The planes of a place, best first: itself, as it was found, and those close by.
    func plane(_ index: Int, at place: Place) -> Homography? {
        guard index > 1 else { return index == 0 ? place.plane : place.found }
        let near = index - 2
        let (right, down) = Self.directions[near / Self.nearCorners.count]
        let reach = modulePixels / 2
        return plane(
            place.points.moved(
                corner: Self.nearCorners[near % Self.nearCorners.count], right: right * reach, down: down * reach))
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
        let difference = contrast(plane, 3.5, 3.5) + contrast(plane, span, 3.5) + contrast(plane, 3.5, span)
        return max(difference / 3, 4)
    }

    private func contrast(_ plane: Homography, _ column: Double, _ row: Double) -> Double {
        let core = plane.map(column, row)
        var difference = -picture.sample(core.x, core.y)
        for (right, down) in Self.directions {
            let ring = plane.map(column + 2 * right, row + 2 * down)
            difference += picture.sample(ring.x, ring.y) / 4
        }
        return difference
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
    private func improve(_ best: inout Place, deadline: Deadline) {
        for step in Self.steps {
            for _ in 0..<3 where !deadline.isOver {
                var hasMoved = false
                for corner in Self.corners {
                    for (right, down) in Self.directions {
                        let reach = step * modulePixels
                        let points = best.points.moved(corner: corner, right: right * reach, down: down * reach)
                        guard let plane = plane(points) else { continue }
                        let fit = fit(plane)
                        if fit > best.fit { (best.points, best.plane, best.fit, hasMoved) = (points, plane, fit, true) }
                    }
                }
                if !hasMoved { break }
            }
        }
    }

    /// How far a corner is moved, in modules.
    private static let steps = [0.8, 0.4, 0.2, 0.1]
    private static let corners = [3, 1, 2, 0]
}
