/// A place where light and dark follow one another as in a finder pattern, across and down.
struct FinderPattern {
    var x: Double
    var y: Double
    /// Pixels a module.
    var module: Double
    /// How many lines of pixels agreed on it.
    var lineCount = 1
    /// Which part of its middle square's rows agreed, at most 1; chance likeness has few.
    var support = 0.0

    /// How little speaks for it.
    var doubt: Double { 1 - support + 1 / Double(lineCount) }

    func distance(to other: FinderPattern) -> Double {
        let (right, down) = (other.x - x, other.y - y)
        return (right * right + down * down).squareRoot()
    }
}
