import QRStandard

/// Finds the plane of a symbol in a picture from its three finder patterns.
struct SymbolLocator {
    /// The fit of a drawn symbol that is seen straight on; from this value on the search ends.
    private static let fitOfDrawn = 0.95

    /// The lowest difference between dark and light, in grey levels; below it a symbol looks like noise.
    private static let contrastMin = 4.0

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

    /// A plane with its fit.
    struct Place {
        fileprivate(set) var plane: Homography
        /// The fit of its fixed patterns: 1 is perfect, 0 is chance.
        fileprivate(set) var fit: Double
        fileprivate var points: FourPoints
    }

    /// The best plane through the finder patterns and the last alignment pattern.
    func locate(refined: Bool, deadline: Deadline) -> Place? {
        var best: Place?
        search(from: frame.tilted, refined: refined, deadline: deadline, &best)
        if !isEnough(best, deadline) { search(from: frame.flat, refined: refined, deadline: deadline, &best) }
        return best
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
        let fit = fit(plane, layout.fixed)
        if fit > best?.fit ?? 0 { best = Place(plane: plane, fit: fit, points: points) }
    }

    /// The number of neighbouring planes: on cloth and bent paper one of them often fits better.
    static let nearCount = nearCorners.count * directions.count

    private static let nearCorners = [3, 1, 2]
    private static let directions = [(1.0, 0.0), (-1, 0), (0, 1), (0, -1)]

    /// A neighbouring plane, with one corner moved by half a module.
    func plane(near place: Place, _ index: Int) -> Homography? {
        let (right, down) = Self.directions[index / Self.nearCorners.count]
        let reach = modulePixels / 2
        return plane(
            place.points.moved(
                corner: Self.nearCorners[index % Self.nearCorners.count], right: right * reach, down: down * reach))
    }

    /// The fit of the finder patterns before any search, which separates true patterns from chance matches.
    var likeness: Double { max(fit(frame.tilted, layout.finders), fit(frame.flat, layout.finders)) }

    /// The fit of finder and timing patterns, which distinguishes versions.
    var versionFit: Double { max(fit(frame.tilted, layout.anchors), fit(frame.flat, layout.anchors)) }

    /// Whether the symbol's version information, which versions from 7 on have, confirms this version.
    var isConfirmed: Bool { isConfirmed(frame.tilted) || isConfirmed(frame.flat) }

    private func isConfirmed(_ points: FourPoints) -> Bool {
        guard VersionInformation.versions.contains(layout.version), let plane = plane(points) else { return false }
        let (dark, light) = levels(plane)
        var (upper, lower) = (0, 0)
        for bit in 0..<VersionInformation.bitCount {
            let (row, column) = VersionInformation.place(ofBit: bit, size: layout.size)
            let (near, far) = (Double(row) + 0.5, Double(column) + 0.5)
            let (above, below) = (plane.map(far, near), plane.map(near, far))
            if picture.sample(above.x, above.y) < (dark + light) / 2 { upper |= 1 << bit }
            if picture.sample(below.x, below.y) < (dark + light) / 2 { lower |= 1 << bit }
        }
        return [upper, lower].contains { VersionInformation.version(nearestTo: $0) == layout.version }
    }

    private func fit(_ points: FourPoints, _ modules: [SymbolLayout.Fixed]) -> Double {
        plane(points).map { fit($0, modules) } ?? 0
    }

    private func plane(_ points: FourPoints) -> Homography? {
        Homography(first: 3.5, last: span, points: points)
    }

    private var modulePixels: Double { frame.upperLeft.distance(to: frame.upperRight) / (span - 3.5) }

    /// The corners with the fourth one computed from the last alignment pattern; nil if that pattern is not found.
    private func searchFourth(_ points: FourPoints, refined: Bool) -> FourPoints? {
        guard layout.version > 1, let plane = plane(points) else { return nil }
        let centre = Double(layout.size) - 6.5
        let reach = refined ? max(4, Double(layout.size) * 0.12) : 3
        return alignmentSearch(plane).find(column: centre, row: centre, reach: reach).flatMap { point in
            frame.corners(part: (centre - 3.5) / (span - 3.5), at: point)
        }
    }

    private func alignmentSearch(_ plane: Homography) -> AlignmentSearch {
        let (dark, light) = levels(plane)
        return AlignmentSearch(picture, plane, contrast: max(light - dark, Self.contrastMin))
    }

    /// Follows a bent surface; false for symbols with too few patterns.
    func follow(_ place: Place, into grid: inout SymbolGrid) -> Bool {
        grid.follow(alignmentSearch(place.plane), place.plane, layout)
    }

    /// The grey of the finder patterns' cores, and of the rings around them.
    private func levels(_ plane: Homography) -> (dark: Double, light: Double) {
        let (a, b, c) = (levels(plane, 3.5, 3.5), levels(plane, span, 3.5), levels(plane, 3.5, span))
        return ((a.dark + b.dark + c.dark) / 3, (a.light + b.light + c.light) / 3)
    }

    private func levels(_ plane: Homography, _ column: Double, _ row: Double) -> (dark: Double, light: Double) {
        let core = plane.map(column, row)
        var light = 0.0
        for (right, down) in Self.directions {
            let ring = plane.map(column + 2 * right, row + 2 * down)
            light += picture.sample(ring.x, ring.y) / 4
        }
        return (picture.sample(core.x, core.y), light)
    }

    /// The difference between the fixed light and dark modules, as a fraction of their whole range of greys.
    private func fit(_ plane: Homography, _ modules: [SymbolLayout.Fixed]) -> Double {
        var (light, dark, lightCount, darkCount) = (0.0, 0.0, 0.0, 0.0)
        var (least, most) = (255.0, 0.0)
        for module in modules {
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

    /// Moves one corner at a time while that improves the fit.
    func improve(_ best: inout Place, deadline: Deadline) {
        for step in Self.steps {
            for _ in 0..<3 where !deadline.isOver {
                var hasMoved = false
                for corner in Self.corners {
                    for (right, down) in Self.directions {
                        let reach = step * modulePixels
                        let points = best.points.moved(corner: corner, right: right * reach, down: down * reach)
                        guard let plane = plane(points) else { continue }
                        let fit = fit(plane, layout.fixed)
                        if fit > best.fit { (best.points, best.plane, best.fit, hasMoved) = (points, plane, fit, true) }
                    }
                }
                if !hasMoved { break }
            }
        }
    }

    /// The distances by which a corner is moved, in modules.
    private static let steps = [0.8, 0.4, 0.2, 0.1]
    private static let corners = [3, 1, 2, 0]
}
