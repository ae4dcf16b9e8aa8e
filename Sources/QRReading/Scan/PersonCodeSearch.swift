/// Finds every symbol in a picture that may be a person code, whether or not it can be read.
///
/// A gate that accepts one code must know that no second one was missed, so this search comes before any budget. It
/// tests all finder patterns, in full size, against one another.
struct PersonCodeSearch {
    private var threshold = LocalThreshold()
    private var binary = PixelBuffer()
    private var detector = FinderDetector()
    private var links: [[FinderLink]] = []

    /// The most patterns that are combined: those of 400 codes.
    private static let patternCountMax = 1_200
    /// The fraction of its rows that must confirm a pattern.
    private static let supportMin = 0.35
    /// The window of the threshold, as a fraction of the long side.
    private static let windowShare = 12
    private static let offset: Int32 = 4

    /// The candidates of both polarities.
    struct Found {
        fileprivate(set) var dark: [FinderTriple] = []
        fileprivate(set) var light: [FinderTriple] = []
    }

    mutating func find(in picture: PixelBuffer) -> Found {
        let window = max(15, max(picture.width, picture.height) / Self.windowShare)
        threshold.apply(picture, window: window, offset: Self.offset, into: &binary)
        let step = picture.height > 1_200 ? 3 : picture.height > 500 ? 2 : 1
        detector.find(in: binary, step: step, deadline: .none)
        var found = Found()
        add(detector.dark, GreyView(picture: picture, isInverted: false), to: &found.dark)
        add(detector.light, GreyView(picture: picture, isInverted: true), to: &found.light)
        return found
    }

    private mutating func add(_ list: FinderList, _ view: GreyView, to found: inout [FinderTriple]) {
        let patterns = list.supported(atLeast: Self.supportMin, countMax: Self.patternCountMax)
        guard patterns.count >= 3 else { return }
        link(patterns, view)
        for corner in patterns.indices {
            for first in links[corner].indices {
                for second in links[corner].indices where second > first {
                    let (one, other) = (links[corner][first], links[corner][second])
                    guard one.isSideBeside(other) else { continue }
                    let turn = one.direction.x * other.direction.y - one.direction.y * other.direction.x
                    let (right, below) = turn > 0 ? (one, other) : (other, one)
                    guard let sign = PersonCodeSign(view, patterns[corner], right, below), sign.isSeen else { continue }
                    found.append(
                        FinderTriple(upperLeft: patterns[corner], upperRight: right.other, lowerLeft: below.other))
                }
            }
        }
    }

    /// Links the patterns that may be neighbours in a person code.
    private mutating func link(_ patterns: [FinderPattern], _ view: GreyView) {
        links.removeAll(keepingCapacity: true)
        links.append(contentsOf: repeatElement([], count: patterns.count))
        for first in patterns.indices {
            for second in patterns.indices.dropFirst(first + 1) {
                guard let link = FinderLink(patterns[first], patterns[second], in: view) else { continue }
                links[first].append(link)
                links[second].append(link.reversed(to: patterns[first]))
            }
        }
    }
}

/// Two finder patterns at a distance that a person code's patterns have.
struct FinderLink {
    let other: FinderPattern
    /// The direction to the other pattern, of length 1.
    let direction: (x: Double, y: Double)
    /// The distance in modules.
    let modules: Double
    /// The two patterns along the line between them.
    let here, there: FinderRay

    /// The distance in modules that rows and columns measured, which a turn or tilt changes.
    private static let roughSpans = 25.0...95.0
    private static let moduleRatioMax = 1.6
    private static let lengthRatioMax = 1.18
    /// The lowest sine of the angle between a symbol's sides, as a tilt leaves it.
    private static let sineMin = 0.7

    init?(_ first: FinderPattern, _ second: FinderPattern, in view: GreyView) {
        let (x, y) = (second.x - first.x, second.y - first.y)
        let (least, most) = (min(first.module, second.module), max(first.module, second.module))
        let square = x * x + y * y
        guard square > Self.roughSpans.lowerBound * Self.roughSpans.lowerBound * least * least,
            square < Self.roughSpans.upperBound * Self.roughSpans.upperBound * most * most,
            most < least * Self.moduleRatioMax
        else { return nil }
        let length = square.squareRoot()
        direction = (x / length, y / length)
        guard let here = FinderRay(first, right: direction.x, down: direction.y, in: view),
            let there = FinderRay(second, right: direction.x, down: direction.y, in: view)
        else { return nil }
        // Along a line in perspective, the middle of the symbol has the modules' geometric mean.
        modules = (length + there.shift - here.shift) / (here.module * there.module).squareRoot()
        guard PersonCodeSign.spans.contains(modules) else { return nil }
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
}
