/// The picture positions of a square's corners.
struct FourPoints {
    typealias Point = (x: Double, y: Double)

    var upperLeft: Point
    var upperRight: Point
    var lowerLeft: Point
    var lowerRight: Point

    /// Moves one corner: 0 upper left, 1 upper right, 2 lower left, 3 lower right.
    func moved(corner: Int, right: Double, down: Double) -> FourPoints {
        var result = self
        func shift(_ point: inout Point) { point = (point.x + right, point.y + down) }
        switch corner {
        case 0: shift(&result.upperLeft)
        case 1: shift(&result.upperRight)
        case 2: shift(&result.lowerLeft)
        default: shift(&result.lowerRight)
        }
        return result
    }
}
