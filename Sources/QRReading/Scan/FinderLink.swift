/// Two finder patterns at a distance that a symbol's patterns have.
struct FinderLink {
    let other: FinderPattern
    /// The direction to the other pattern, of length 1.
    let direction: (x: Double, y: Double)
    /// The distance in modules.
    let modules: Double
    /// The two patterns along the line between them.
    let here, there: FinderRay

    /// The distances between the middles of two patterns of a symbol.
    struct Spans {
        /// In modules along the line between the patterns.
        let exact: ClosedRange<Double>
        /// In modules as rows and columns measured them, which a turn or tilt changes.
        let rough: ClosedRange<Double>

        /// Those of all versions.
        static let any = Spans(exact: 12.5...182, rough: 8...260)
        /// Those of the versions of person codes, and of the nearest other versions.
        static let person = Spans(exact: 42...68, rough: 25...95)
    }

    private static let moduleRatioMax = 1.6
    private static let lengthRatioMax = 1.18
    /// The lowest sine of the angle between a symbol's sides, as a tilt leaves it.
    private static let sineMin = 0.7

    init?(_ first: FinderPattern, _ second: FinderPattern, _ spans: Spans, in view: GreyView) {
        let (x, y) = (second.x - first.x, second.y - first.y)
        let (least, most) = (min(first.module, second.module), max(first.module, second.module))
        let square = x * x + y * y
        guard square > spans.rough.lowerBound * spans.rough.lowerBound * least * least,
            square < spans.rough.upperBound * spans.rough.upperBound * most * most,
            most < least * Self.moduleRatioMax
        else { return nil }
        let length = square.squareRoot()
        direction = (x / length, y / length)
        guard let here = FinderRay(first, right: direction.x, down: direction.y, in: view),
            let there = FinderRay(second, right: direction.x, down: direction.y, in: view)
        else { return nil }
        // Along a line in perspective, the middle of the symbol has the modules' geometric mean.
        modules = (length + there.shift - here.shift) / (here.module * there.module).squareRoot()
        guard spans.exact.contains(modules) else { return nil }
        (self.here, self.there, other) = (here, there, second)
    }

    private init(_ other: FinderPattern, reversing link: FinderLink) {
        self.other = other
        direction = (-link.direction.x, -link.direction.y)
        modules = link.modules
        (here, there) = (link.there.reversed, link.here.reversed)
    }

    func reversed(to other: FinderPattern) -> FinderLink { FinderLink(other, reversing: self) }

    /// Whether the two links may be the upper and the left side of one symbol.
    func isSideBeside(_ other: FinderLink) -> Bool {
        abs(direction.x * other.direction.y - direction.y * other.direction.x) > Self.sineMin
            && max(modules, other.modules) < min(modules, other.modules) * Self.lengthRatioMax
    }

    /// The symbol whose corner pattern has these two sides; nil unless timing and format are seen between them.
    static func symbol(
        _ corner: FinderPattern, _ one: FinderLink, _ other: FinderLink, in view: GreyView
    ) -> SeenSymbol? {
        guard one.isSideBeside(other) else { return nil }
        let turn = one.direction.x * other.direction.y - one.direction.y * other.direction.x
        let (right, below) = turn > 0 ? (one, other) : (other, one)
        guard let version = CodeSign(view, corner, right, below)?.version else { return nil }
        return SeenSymbol(
            triple: FinderTriple(upperLeft: corner, upperRight: right.other, lowerLeft: below.other), version: version)
    }
}

/// A symbol that was seen, read or not.
struct SeenSymbol {
    let triple: FinderTriple
    let version: Int

    var mayBePersonCode: Bool { CodeSign.personVersions.contains(version) }

    /// The symbol's corners, as far as its patterns show them without perspective.
    var corners: ScannedCode.Corners { triple.corners(version: version) }
}
