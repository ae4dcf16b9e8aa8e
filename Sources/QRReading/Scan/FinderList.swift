/// Finder patterns of one polarity, collected line by line; reuses its buffers for every picture.
struct FinderList {
    private var patterns: [FinderPattern] = []
    /// The patterns that the most lines of pixels confirmed, best first.
    private(set) var best: [FinderPattern] = []

    /// The most patterns that are combined: a picture full of false ones must not take seconds.
    private static let bestCountMax = 24
    /// The most patterns that are kept, since each new one is compared with all of them.
    private static let patternCountMax = 2_000
    /// The number of modules, of the middle square's three, whose rows must confirm a pattern for full support.
    private static let supportingModules = 2.4

    mutating func clear() {
        patterns.removeAll(keepingCapacity: true)
        best.removeAll(keepingCapacity: true)
    }

    /// Adds a pattern, or merges it with a known pattern at its position.
    mutating func add(_ pattern: FinderPattern) {
        for index in patterns.indices {
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
        for pattern in patterns { rank(pattern) }
        for index in best.indices {
            let rows = Double(best[index].lineCount * step)
            best[index].support = min(1, rows / (Self.supportingModules * best[index].module))
        }
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
