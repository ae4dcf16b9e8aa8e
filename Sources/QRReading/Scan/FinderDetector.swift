/// Finds finder patterns in a picture of dark (0) and light (255) by their runs of 1:1:3:1:1.
struct FinderDetector {
    /// Dark patterns on a light background.
    private(set) var dark = FinderList()
    /// Light patterns on a dark background, as in inverted symbols.
    private(set) var light = FinderList()

    /// The rows between two looks at the clock: even noise takes well under a millisecond for them.
    private static let rowsBetweenClocks = 32

    /// Searches every `step`-th row and confirms each match in its column and its row.
    mutating func find(in binary: PixelBuffer, step: Int, deadline: Deadline) {
        dark.clear()
        light.clear()
        for row in stride(from: step / 2, to: binary.height, by: step) {
            if row % Self.rowsBetweenClocks < step, deadline.isOver { break }
            findInRow(row, binary)
        }
        dark.rank(step: step)
        light.rank(step: step)
    }

    private mutating func findInRow(_ row: Int, _ binary: PixelBuffer) {
        // The five latest runs; the fifth has the colour of a finder's middle.
        var runs = (0, 0, 0, 0, 0)
        var colour: UInt8 = 255
        var begin = 0
        while begin < binary.width {
            let end = Self.endOfRun(from: begin, row: row, binary, colour)
            runs = (runs.1, runs.2, runs.3, runs.4, end - begin)
            if Self.isFinder(runs) {
                let centre = Double(end) - Double(runs.4 + runs.3) - Double(runs.2) / 2
                let length = runs.0 + runs.1 + runs.2 + runs.3 + runs.4
                if let pattern = Self.confirm(centre, row, colour, length: length, binary) {
                    if colour == 0 { dark.add(pattern) } else { light.add(pattern) }
                }
            }
            colour = ~colour
            begin = end
        }
    }

    /// The first column from `begin` on with another colour; the width if the colour does not change.
    private static func endOfRun(from begin: Int, row: Int, _ binary: PixelBuffer, _ colour: UInt8) -> Int {
        unsafe binary.pixels.withUnsafeBufferPointer { pixels in
            let first = row * binary.width
            var column = begin
            while column < binary.width, unsafe pixels[first &+ column] == colour { column &+= 1 }
            return column
        }
    }

    /// Whether five runs have the lengths 1:1:3:1:1, within half a module and some blur.
    private static func isFinder(_ runs: (Int, Int, Int, Int, Int)) -> Bool {
        let total = runs.0 + runs.1 + runs.2 + runs.3 + runs.4
        guard total >= 7, runs.0 > 0, runs.1 > 0, runs.3 > 0 else { return false }
        let module = Double(total) / 7
        let slack = module * 0.55 + 0.6
        return abs(Double(runs.0) - module) < slack && abs(Double(runs.1) - module) < slack
            && abs(Double(runs.3) - module) < slack && abs(Double(runs.4) - module) < slack
            && abs(Double(runs.2) - 3 * module) < slack * 1.8
    }

    private static func confirm(
        _ x: Double, _ row: Int, _ colour: UInt8, length: Int, _ binary: PixelBuffer
    ) -> FinderPattern? {
        guard let down = cross(binary, Int(x), row, colour, stepX: 0, stepY: 1, limit: length) else { return nil }
        let y = Double(row) + 0.5 + down.shift
        guard let across = cross(binary, Int(x), Int(y), colour, stepX: 1, stepY: 0, limit: length) else { return nil }
        let ratio = Double(down.length) / Double(across.length)
        guard ratio > 0.4, ratio < 2.5 else { return nil }
        let module = Double(down.length + across.length) / 14
        return FinderPattern(x: Double(Int(x)) + 0.5 + across.shift, y: y, module: module)
    }

    /// Measures the five runs through a point; nil if they do not match a finder pattern.
    private static func cross(
        _ binary: PixelBuffer, _ x: Int, _ y: Int, _ colour: UInt8, stepX: Int, stepY: Int, limit: Int
    ) -> (length: Int, shift: Double)? {
        guard let ahead = arm(binary, x, y, colour, stepX, stepY, limit),
            let behind = arm(binary, x, y, colour, -stepX, -stepY, limit)
        else { return nil }
        let middle = ahead.0 + behind.0 - 1
        guard isFinder((behind.2, behind.1, middle, ahead.1, ahead.2)) else { return nil }
        let reachAhead = ahead.0 + ahead.1 + ahead.2
        let reachBehind = behind.0 + behind.1 + behind.2
        let shift = Double(ahead.0 - behind.0 + reachAhead - reachBehind) / 4
        return (reachAhead + reachBehind - 1, shift)
    }

    /// The lengths of three runs from a point outwards: of the colour, the other colour, and the colour again.
    private static func arm(
        _ binary: PixelBuffer, _ x: Int, _ y: Int, _ colour: UInt8, _ stepX: Int, _ stepY: Int, _ limit: Int
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
        counts.0 = run(colour)
        guard counts.0 > 0 else { return nil }
        counts.1 = run(~colour)
        guard counts.1 > 0 else { return nil }
        counts.2 = run(colour)
        return counts.2 > 0 ? counts : nil
    }
}
