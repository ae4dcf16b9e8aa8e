/// Finds finder patterns in a picture of dark (0) and light (255) by their runs of 1:1:3:1:1.
struct FinderDetector {
    private var patterns: [FinderPattern] = []
    /// Those that most lines of pixels agreed on, best first.
    private(set) var best: [FinderPattern] = []

    /// The most patterns that are combined; a picture full of false ones must not cost seconds.
    private static let bestCountMax = 24

    /// Rows that take well under a millisecond, even of noise.
    private static let rowsBetweenClocks = 32
    /// Of the three modules that the middle square measures, so many must agree for all that can be asked.
    private static let supportingModules = 2.4

    /// Looks at every `step`-th row and confirms down and across.
    mutating func find(in binary: PixelBuffer, step: Int, deadline: Deadline) {
        patterns.removeAll(keepingCapacity: true)
        for row in stride(from: step / 2, to: binary.height, by: step) {
            if row % Self.rowsBetweenClocks < step, deadline.isOver { break }
            findInRow(row, binary)
        }
        best.removeAll(keepingCapacity: true)
        for pattern in patterns { rank(pattern) }
        for index in best.indices {
            let rows = Double(best[index].lineCount * step)
            best[index].support = min(1, rows / (Self.supportingModules * best[index].module))
        }
    }

    /// Puts a pattern among the best, behind its equals.
    private mutating func rank(_ pattern: FinderPattern) {
        var place = best.count
        while place > 0, best[place - 1].lineCount < pattern.lineCount { place -= 1 }
        guard place < Self.bestCountMax else { return }
        if best.count == Self.bestCountMax { best.removeLast() }
        best.insert(pattern, at: place)
    }

    private mutating func findInRow(_ row: Int, _ binary: PixelBuffer) {
        // The five latest runs; a finder's middle run is dark, so the fifth must be dark too.
        var runs = (0, 0, 0, 0, 0)
        var colour: UInt8 = 255
        var begin = 0
        while begin < binary.width {
            let end = Self.endOfRun(from: begin, row: row, binary, colour)
            runs = (runs.1, runs.2, runs.3, runs.4, end - begin)
            if colour == 0, Self.isFinder(runs) {
                let centre = Double(end) - Double(runs.4 + runs.3) - Double(runs.2) / 2
                confirm(centre, row, length: runs.0 + runs.1 + runs.2 + runs.3 + runs.4, binary)
            }
            colour = ~colour
            begin = end
        }
    }

    /// The first column from `begin` on that has another colour; the width where none has.
    private static func endOfRun(from begin: Int, row: Int, _ binary: PixelBuffer, _ colour: UInt8) -> Int {
        unsafe binary.pixels.withUnsafeBufferPointer { pixels in
            let first = row * binary.width
            var column = begin
            while column < binary.width, unsafe pixels[first &+ column] == colour { column &+= 1 }
            return column
        }
    }

    /// Allows half a module and a little for blur.
    private static func isFinder(_ runs: (Int, Int, Int, Int, Int)) -> Bool {
        let total = runs.0 + runs.1 + runs.2 + runs.3 + runs.4
        guard total >= 7, runs.0 > 0, runs.1 > 0, runs.3 > 0 else { return false }
        let module = Double(total) / 7
        let slack = module * 0.55 + 0.6
        return abs(Double(runs.0) - module) < slack && abs(Double(runs.1) - module) < slack
            && abs(Double(runs.3) - module) < slack && abs(Double(runs.4) - module) < slack
            && abs(Double(runs.2) - 3 * module) < slack * 1.8
    }

    private mutating func confirm(_ x: Double, _ row: Int, length: Int, _ binary: PixelBuffer) {
        guard let down = Self.cross(binary, Int(x), row, stepX: 0, stepY: 1, limit: length) else { return }
        let y = Double(row) + 0.5 + down.shift
        guard let across = Self.cross(binary, Int(x), Int(y), stepX: 1, stepY: 0, limit: length) else { return }
        let ratio = Double(down.length) / Double(across.length)
        guard ratio > 0.4, ratio < 2.5 else { return }
        let module = Double(down.length + across.length) / 14
        add(FinderPattern(x: Double(Int(x)) + 0.5 + across.shift, y: y, module: module))
    }

    /// Measures the five runs through a point; nil when they are not a finder's.
    private static func cross(
        _ binary: PixelBuffer, _ x: Int, _ y: Int, stepX: Int, stepY: Int, limit: Int
    ) -> (length: Int, shift: Double)? {
        guard let ahead = arm(binary, x, y, stepX, stepY, limit),
            let behind = arm(binary, x, y, -stepX, -stepY, limit)
        else { return nil }
        let middle = ahead.0 + behind.0 - 1
        guard isFinder((behind.2, behind.1, middle, ahead.1, ahead.2)) else { return nil }
        let reachAhead = ahead.0 + ahead.1 + ahead.2
        let reachBehind = behind.0 + behind.1 + behind.2
        let shift = Double(ahead.0 - behind.0 + reachAhead - reachBehind) / 4
        return (reachAhead + reachBehind - 1, shift)
    }

    /// The lengths of dark, light, dark from a point outwards.
    private static func arm(
        _ binary: PixelBuffer, _ x: Int, _ y: Int, _ stepX: Int, _ stepY: Int, _ limit: Int
    ) -> (Int, Int, Int)? {
        var (column, row) = (x, y)
        var counts = (0, 0, 0)
        func run(_ colour: UInt8) -> Int {
            var length = 0
            while column >= 0, row >= 0, column < binary.width, row < binary.height, length <= limit,
                binary.pixels[row * binary.width + column] == colour
            {
                length += 1
                column += stepX
                row += stepY
            }
            return length
        }
        counts.0 = run(0)
        guard counts.0 > 0 else { return nil }
        counts.1 = run(255)
        guard counts.1 > 0 else { return nil }
        counts.2 = run(0)
        return counts.2 > 0 ? counts : nil
    }

    private mutating func add(_ pattern: FinderPattern) {
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
        patterns.append(pattern)
    }
}
