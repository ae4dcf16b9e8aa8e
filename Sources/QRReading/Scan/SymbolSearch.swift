/// Finds the symbols of all versions between many finder patterns, the smallest symbols first.
///
/// On a sheet of labels, patterns of three labels look like those of one large symbol. Small symbols are therefore
/// read first, and the patterns in them struck out.
struct SymbolSearch {
    fileprivate struct Neighbour {
        let index: Int
        /// The distance in modules, as rows and columns measured these.
        let modules: Double
    }

    private var patterns: [FinderPattern] = []
    private var isStruck: [Bool] = []
    /// For each pattern, the patterns that may be its neighbours in a symbol, the nearest first.
    private var neighbours: [[Neighbour]] = []
    /// The measured links to the neighbours of the current corner; nil where the two are no neighbours in a symbol.
    private var links: [FinderLink?] = []

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
        self.patterns.removeAll(keepingCapacity: true)
        self.patterns.append(contentsOf: patterns)
        isStruck.removeAll(keepingCapacity: true)
        isStruck.append(contentsOf: repeatElement(false, count: patterns.count))
        neighbours.clear(count: patterns.count)
        for first in patterns.indices {
            for second in patterns.indices.dropFirst(first + 1) { pair(first, second) }
        }
        for index in patterns.indices { neighbours[index].sortInPlace { $0.modules < $1.modules } }
    }

    private mutating func pair(_ first: Int, _ second: Int) {
        let (here, there) = (patterns[first], patterns[second])
        guard max(here.module, there.module) < min(here.module, there.module) * Self.moduleRatioMax else { return }
        let (x, y) = (there.x - here.x, there.y - here.y)
        let length = (x * x + y * y).squareRoot()
        // A pattern that is turned by 45° is measured along its diagonal.
        let modules = length * 2 / (here.module + there.module) / (max(abs(x), abs(y)) / max(length, 1))
        guard FinderLink.Spans.any.rough.contains(modules) else { return }
        neighbours[first].append(Neighbour(index: second, modules: modules))
        neighbours[second].append(Neighbour(index: first, modules: modules))
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
        let begin = near.partition(at: Self.classes[size])
        guard begin < near.count, near[begin].modules < Self.classes[size + 1] else { return }
        measure(corner, from: begin, below: Self.classes[size + 1] * Self.lengthRatioMax, in: view)
        for first in near.indices.dropFirst(begin) {
            guard near[first].modules < Self.classes[size + 1] else { break }
            guard let here = links[first - begin] else { continue }
            for second in near.indices.dropFirst(first + 1) {
                guard near[second].modules < near[first].modules * Self.lengthRatioMax else { break }
                guard let there = links[second - begin],
                    abs(here.direction.x * there.direction.x + here.direction.y * there.direction.y) < Self.cosineMax,
                    let symbol = FinderLink.symbol(patterns[corner], here, there, in: view)
                else { continue }
                found.append(symbol)
            }
        }
    }

    /// Measures the links from a corner to its neighbours from one on and up to a distance in modules.
    private mutating func measure(_ corner: Int, from begin: Int, below end: Double, in view: GreyView) {
        links.removeAll(keepingCapacity: true)
        for neighbour in neighbours[corner].dropFirst(begin) {
            guard neighbour.modules < end else { break }
            links.append(
                isStruck[neighbour.index]
                    ? nil : FinderLink(patterns[corner], patterns[neighbour.index], .any, in: view))
        }
    }
}

extension [SymbolSearch.Neighbour] {
    /// The first place, in their order, of a neighbour that is at least `modules` away.
    fileprivate func partition(at modules: Double) -> Int {
        var (low, high) = (0, count)
        while low < high {
            let middle = (low + high) / 2
            if self[middle].modules < modules { low = middle + 1 } else { high = middle }
        }
        return low
    }
}
