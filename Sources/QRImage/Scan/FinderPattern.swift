/// A place where light and dark follow one another as in a finder pattern, across and down.
struct FinderPattern {
    var x: Double
    var y: Double
    /// Pixels a module.
    var module: Double
    /// How many lines of pixels agreed on it.
    var lineCount = 1

    func distance(to other: FinderPattern) -> Double {
        let (right, down) = (other.x - x, other.y - y)
        return (right * right + down * down).squareRoot()
    }
}
