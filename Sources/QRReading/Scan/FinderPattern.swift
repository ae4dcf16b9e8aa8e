/// A position where light and dark alternate as in a finder pattern, in its row and its column.
struct FinderPattern {
    var x: Double
    var y: Double
    /// Pixels a module.
    var module: Double
    /// The number of lines of pixels that confirmed it.
    var lineCount = 1
    /// The fraction of its middle square's rows that confirmed it, at most 1; low for a chance match.
    var support = 0.0

    /// A measure of doubt: high for patterns that few lines confirmed.
    var doubt: Double { 1 - support + 1 / Double(lineCount) }

    func distance(to other: FinderPattern) -> Double {
        let (right, down) = (other.x - x, other.y - y)
        return (right * right + down * down).squareRoot()
    }
}
