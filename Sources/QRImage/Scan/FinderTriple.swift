/// Three finder patterns that may be one symbol's: at its upper left, upper right and lower left.
struct FinderTriple {
    let upperLeft: FinderPattern
    let upperRight: FinderPattern
    let lowerLeft: FinderPattern
    /// How far it is from a right angle with equal sides and equal patterns that every row shows; 0 is perfect.
    let strain: Double

    /// The most patterns that are combined; a picture full of false ones must not cost seconds.
    private static let patternCountMax = 24
    private static let strainMax = 2.2

    var patterns: [FinderPattern] { [upperLeft, upperRight, lowerLeft] }

    /// Whether one of its patterns is among others.
    func shares(_ others: [FinderPattern]) -> Bool {
        patterns.contains { pattern in others.contains { $0.x == pattern.x && $0.y == pattern.y } }
    }

    /// The plausible triples, best first.
    static func all(_ patterns: [FinderPattern]) -> [FinderTriple] {
        let patterns = patterns.prefix(patternCountMax)
        var triples: [FinderTriple] = []
        for first in patterns.indices {
            for second in patterns.indices where second > first {
                for third in patterns.indices where third > second {
                    add(patterns[first], patterns[second], patterns[third], to: &triples)
                }
            }
        }
        return triples.sorted { $0.strain < $1.strain }
    }

    /// Adds three patterns as a triple, or as two or three where tilt leaves open which is the corner.
    private static func add(
        _ a: FinderPattern, _ b: FinderPattern, _ c: FinderPattern, to triples: inout [FinderTriple]
    ) {
        let (ab, bc, ca) = (a.distance(to: b), b.distance(to: c), c.distance(to: a))
        let longest = max(ab, bc, ca)
        // The corner lies opposite the longest side, unless strong perspective shrinks that.
        for (corner, p, q, opposite) in [(a, b, c, bc), (b, a, c, ca), (c, a, b, ab)]
        where opposite > longest * sideOfLongestMin {
            if let triple = FinderTriple(corner: corner, p, q, opposite: opposite) { triples.append(triple) }
        }
    }

    private static let sideOfLongestMin = 0.85

    private init?(corner: FinderPattern, _ p: FinderPattern, _ q: FinderPattern, opposite: Double) {
        let modules = [corner.module, p.module, q.module]
        guard let least = modules.min(), let most = modules.max(), most < least * 2.4 else { return nil }
        let (sideP, sideQ) = (corner.distance(to: p), corner.distance(to: q))
        guard min(sideP, sideQ) > 8 * least, max(sideP, sideQ) < 190 * most else { return nil }
        let ratio = max(sideP, sideQ) / min(sideP, sideQ)
        guard ratio < 2.6 else { return nil }
        let square = (sideP * sideP + sideQ * sideQ) / (opposite * opposite)
        // Tilt strains a true triple, too; few rows that agree are the mark of a false one.
        let doubts = [corner, p, q].reduce(0.0) { $0 + (1 - $1.support) + 1 / Double($1.lineCount) }
        let strain = (ratio - 1) + abs(square - 1) + (most / least - 1) * 0.5
        guard strain < Self.strainMax else { return nil }
        let turn = (p.x - corner.x) * (q.y - corner.y) - (p.y - corner.y) * (q.x - corner.x)
        upperLeft = corner
        (upperRight, lowerLeft) = turn > 0 ? (p, q) : (q, p)
        self.strain = strain + doubts
    }

    /// Versions by likelihood: the module count that the patterns' own width suggests, then its neighbours.
    var versions: [Int] {
        let across = upperLeft.distance(to: upperRight) / ((upperLeft.module + upperRight.module) / 2)
        let down = upperLeft.distance(to: lowerLeft) / ((upperLeft.module + lowerLeft.module) / 2)
        // Turned by 45°, a pattern is measured along its diagonal.
        let (right, below) = (upperRight.x - upperLeft.x, upperRight.y - upperLeft.y)
        let stretch = max(abs(right), abs(below)) / (right * right + below * below).squareRoot()
        let moduleCount = (across + down) / 2 / stretch + 7
        let version = (moduleCount - 17) / 4
        let nearest = Int(version.rounded())
        let order = version > Double(nearest) ? [0, 1, -1, 2, -2] : [0, -1, 1, -2, 2]
        return order.map { nearest + $0 }.filter { (1...40).contains($0) }
    }
}
