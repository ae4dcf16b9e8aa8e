import QRStandard

/// Three finder patterns that may belong to one symbol: at its upper left, upper right and lower left.
struct FinderTriple {
    let upperLeft: FinderPattern
    let upperRight: FinderPattern
    let lowerLeft: FinderPattern
    /// The deviation from a right angle with equal sides and equal, well confirmed patterns; 0 is perfect.
    let strain: Double

    private static let strainMax = 2.2

    /// Three patterns that are known to belong to one symbol.
    init(upperLeft: FinderPattern, upperRight: FinderPattern, lowerLeft: FinderPattern) {
        (self.upperLeft, self.upperRight, self.lowerLeft, strain) = (upperLeft, upperRight, lowerLeft, 0)
    }

    /// The symbol's corners, as far as its patterns show them without perspective.
    func corners(version: Int) -> ScannedCode.Corners {
        let (across, down) = (
            (x: upperRight.x - upperLeft.x, y: upperRight.y - upperLeft.y),
            (x: lowerLeft.x - upperLeft.x, y: lowerLeft.y - upperLeft.y)
        )
        func corner(_ right: Double, _ below: Double) -> ScannedCode.Point {
            ScannedCode.Point(
                x: Int(upperLeft.x + right * across.x + below * down.x),
                y: Int(upperLeft.y + right * across.y + below * down.y))
        }
        // The patterns' middles are 3.5 modules inside.
        let border = 3.5 / Double(SymbolLayout.size(version: version) - 7)
        let (near, far) = (-border, 1 + border)
        return ScannedCode.Corners(
            upperLeft: corner(near, near), upperRight: corner(far, near), lowerRight: corner(far, far),
            lowerLeft: corner(near, far))
    }

    /// Whether one of its patterns is inside one of these symbols.
    func lies(in symbols: [ScannedCode.Corners]) -> Bool {
        symbols.contains { symbol in
            symbol.contain(x: upperLeft.x, y: upperLeft.y) || symbol.contain(x: upperRight.x, y: upperRight.y)
                || symbol.contain(x: lowerLeft.x, y: lowerLeft.y)
        }
    }

    /// Adds every plausible triple of these patterns.
    static func add(_ patterns: [FinderPattern], to triples: inout [FinderTriple]) {
        for first in patterns.indices {
            for second in patterns.indices where second > first {
                for third in patterns.indices where third > second {
                    add(patterns[first], patterns[second], patterns[third], to: &triples)
                }
            }
        }
    }

    /// Adds three patterns as one triple, or as two or three triples if perspective leaves the corner uncertain.
    private static func add(
        _ a: FinderPattern, _ b: FinderPattern, _ c: FinderPattern, to triples: inout [FinderTriple]
    ) {
        let (ab, bc, ca) = (a.distance(to: b), b.distance(to: c), c.distance(to: a))
        let longest = max(ab, bc, ca)
        // The corner is opposite the longest side, unless strong perspective shortens that side.
        for corner in 0..<3 {
            let (corner, p, q, opposite) = corner == 0 ? (a, b, c, bc) : corner == 1 ? (b, a, c, ca) : (c, a, b, ab)
            guard opposite > longest * sideOfLongestMin,
                let triple = FinderTriple(corner: corner, p, q, opposite: opposite)
            else { continue }
            triples.append(triple)
        }
    }

    private static let sideOfLongestMin = 0.85
    /// The largest ratio of two patterns' sizes: that of a tilted symbol close to the lens.
    private static let moduleRatioMax = 3.2

    private init?(corner: FinderPattern, _ p: FinderPattern, _ q: FinderPattern, opposite: Double) {
        let least = min(corner.module, p.module, q.module)
        let most = max(corner.module, p.module, q.module)
        guard most < least * Self.moduleRatioMax else { return nil }
        let (sideP, sideQ) = (corner.distance(to: p), corner.distance(to: q))
        guard min(sideP, sideQ) > 8 * least, max(sideP, sideQ) < 190 * most else { return nil }
        let ratio = max(sideP, sideQ) / min(sideP, sideQ)
        guard ratio < 2.6 else { return nil }
        let square = (sideP * sideP + sideQ * sideQ) / (opposite * opposite)
        // Tilt adds strain to a true triple too; a false triple has patterns that few rows confirm.
        let doubts = corner.doubt + p.doubt + q.doubt
        let strain = (ratio - 1) + abs(square - 1) + (most / least - 1) * 0.5
        guard strain < Self.strainMax else { return nil }
        let turn = (p.x - corner.x) * (q.y - corner.y) - (p.y - corner.y) * (q.x - corner.x)
        upperLeft = corner
        (upperRight, lowerLeft) = turn > 0 ? (p, q) : (q, p)
        self.strain = strain + doubts
    }

    /// The version that the patterns' width suggests; it may be outside 1 to 40.
    var version: Int {
        let across = upperLeft.distance(to: upperRight) / ((upperLeft.module + upperRight.module) / 2)
        let down = upperLeft.distance(to: lowerLeft) / ((upperLeft.module + lowerLeft.module) / 2)
        // A pattern that is rotated by 45° is measured along its diagonal.
        let (right, below) = (upperRight.x - upperLeft.x, upperRight.y - upperLeft.y)
        let stretch = max(abs(right), abs(below)) / (right * right + below * below).squareRoot()
        let moduleCount = (across + down) / 2 / stretch + 7
        return Int(((moduleCount - 17) / 4).rounded())
    }
}
