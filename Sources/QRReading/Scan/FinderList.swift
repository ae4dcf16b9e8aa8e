/// Finder patterns of one polarity, collected line by line; reuses its buffers for every picture.
struct FinderList {
    private(set) var patterns: [FinderPattern] = []
    /// The patterns before this one lie too far above the searched row to be confirmed again.
    private var firstOpen = 0
    /// The patterns that the most lines of pixels confirmed, best first.
    private(set) var best: [FinderPattern] = []

    /// The most patterns that are combined: a picture full of false ones must not take seconds.
    private static let bestCountMax = 24
    /// The most patterns that are kept.
    private static let patternCountMax = 20_000
    /// The number of modules, of the middle square's three, whose rows must confirm a pattern for full support.
    private static let supportingModules = 2.4

    mutating func clear() {
        patterns.removeAll(keepingCapacity: true)
        best.removeAll(keepingCapacity: true)
        firstOpen = 0
    }

    /// Adds a pattern, or merges it with a known pattern at its position.
    mutating func add(_ pattern: FinderPattern) {
        while firstOpen < patterns.count, patterns[firstOpen].y + 5 * patterns[firstOpen].module < pattern.y {
            firstOpen += 1
        }
        for index in firstOpen..<patterns.count {
            let known = patterns[index]
            guard abs(known.x - pattern.x) < known.module * 2, abs(known.y - pattern.y) < known.module * 2,
                pattern.module < known.module * 1.6, known.module < pattern.module * 1.6
            else { continue }
            let weight = Double(known.lineCount)
            patterns[index].x = (known.x * weight + pattern.x) / (weight + 1)
            patterns[index].y = (known.y * weight + pattern.y) / (weight + 1)
            patterns[index].module = (known.module * weight + pattern.module) / (weight + 1)
            patterns[index].lineCount += 1
            return
        }
        if patterns.count < Self.patternCountMax { patterns.append(pattern) }
    }

    /// Selects the best patterns after every `step`-th row was searched.
    mutating func rank(step: Int) {
        for index in patterns.indices {
            let rows = Double(patterns[index].lineCount * step)
            patterns[index].support = min(1, rows / (Self.supportingModules * patterns[index].module))
            rank(patterns[index])
        }
    }

    /// Selects the patterns that at least this fraction of their rows confirmed; if they are too many, the best
    /// confirmed.
    func select(atLeast support: Double, countMax: Int, into selected: inout [FinderPattern]) {
        selected.removeAll(keepingCapacity: true)
        for pattern in patterns where pattern.support >= support { selected.append(pattern) }
        guard selected.count > countMax else { return }
        selected.sortInPlace { $0.support > $1.support }
        selected.removeLast(selected.count - countMax)
    }

    /// Inserts a pattern among the best, after its equals.
    private mutating func rank(_ pattern: FinderPattern) {
        var place = best.count
        while place > 0, best[place - 1].lineCount < pattern.lineCount { place -= 1 }
        guard place < Self.bestCountMax else { return }
        if best.count == Self.bestCountMax { best.removeLast() }
        best.insert(pattern, at: place)
    }
}
