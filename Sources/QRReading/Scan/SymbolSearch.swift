/// Finds the symbols of all versions between many finder patterns, the smallest symbols first.
///
/// On a sheet of labels, patterns of three labels look like those of one large symbol. Small symbols are therefore
/// read first, and the patterns in them struck out.
struct SymbolSearch {
    private struct Neighbour {
        let index: Int
        /// The distance in modules, as rows and columns measured these.
        let modules: Double
        /// The direction to the neighbour, of length 1.
        let direction: FourPoints.Point
    }

    private var patterns: [FinderPattern] = []
    private var isStruck: [Bool] = []
    /// For each pattern, the patterns that may be its neighbours in a symbol, the nearest first.
    private var neighbours: [[Neighbour]] = []

    /// The sizes that are searched one after another; the first number is the distance of the patterns of version 1.
    private static let classes = (0..<26).map { 8 * power(1.15, $0) }
    private static let moduleRatioMax = 1.6
    /// The ratio of the two sides' lengths, of which tilt is a part and the error of measuring another.
    private static let lengthRatioMax = 1.35
    private static let cosineMax = 0.72

    private static func power(_ base: Double, _ exponent: Int) -> Double {
        (0..<exponent).reduce(1) { product, _ in product * base }
    }

    static var classCount: Int { classes.count - 1 }

    var patternCount: Int { patterns.count }

    /// Takes the patterns of a picture.
    mutating func load(_ patterns: [FinderPattern]) {
        self.patterns = patterns
        isStruck.removeAll(keepingCapacity: true)
        isStruck.append(contentsOf: repeatElement(false, count: patterns.count))
        neighbours.removeAll(keepingCapacity: true)
        neighbours.append(contentsOf: repeatElement([], count: patterns.count))
        for first in patterns.indices {
            for second in patterns.indices.dropFirst(first + 1) { pair(first, second) }
        }
        for index in neighbours.indices { neighbours[index].sort { $0.modules < $1.modules } }
    }

    private mutating func pair(_ first: Int, _ second: Int) {
        let (here, there) = (patterns[first], patterns[second])
        guard max(here.module, there.module) < min(here.module, there.module) * Self.moduleRatioMax else { return }
        let (x, y) = (there.x - here.x, there.y - here.y)
        let length = (x * x + y * y).squareRoot()
        // A pattern that is turned by 45° is measured along its diagonal.
        let modules = length * 2 / (here.module + there.module) / (max(abs(x), abs(y)) / max(length, 1))
        guard FinderLink.Spans.any.rough.contains(modules) else { return }
        neighbours[first].append(Neighbour(index: second, modules: modules, direction: (x / length, y / length)))
        neighbours[second].append(Neighbour(index: first, modules: modules, direction: (-x / length, -y / length)))
    }

    /// Strikes out the patterns inside these symbols.
    mutating func strikeOut(_ isInside: (FinderPattern) -> Bool) {
        for index in patterns.indices where !isStruck[index] { isStruck[index] = isInside(patterns[index]) }
    }

    /// Finds the symbols of one size at one pattern.
    ///
    /// - Parameters:
    ///   - corner: the index of the pattern at the symbol's corner.
    ///   - size: the index of the size, less than `classCount`.
    ///   - view: the picture.
    ///   - found: gets the symbols, in place of others.
    mutating func find(at corner: Int, size: Int, in view: GreyView, into found: inout [SeenSymbol]) {
        found.removeAll(keepingCapacity: true)
        guard !isStruck[corner] else { return }
        let near = neighbours[corner]
        for first in near.indices where near[first].modules >= Self.classes[size] {
            guard near[first].modules < Self.classes[size + 1] else { break }
            if isStruck[near[first].index] { continue }
            for second in near[(first + 1)...].indices {
                guard near[second].modules < near[first].modules * Self.lengthRatioMax else { break }
                let (one, other) = (near[first].direction, near[second].direction)
                guard !isStruck[near[second].index], abs(one.x * other.x + one.y * other.y) < Self.cosineMax,
                    let here = FinderLink(patterns[corner], patterns[near[first].index], .any, in: view),
                    let there = FinderLink(patterns[corner], patterns[near[second].index], .any, in: view),
                    let symbol = FinderLink.symbol(patterns[corner], here, there, in: view)
                else { continue }
                found.append(symbol)
            }
        }
    }
}
