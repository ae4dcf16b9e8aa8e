/// The place of a code in a camera's picture: its four corners.
package struct CodePlace: Sendable, Equatable {
    /// A place in the picture, in pixels from its upper left.
    package struct Point: Sendable, Equatable {
        package let x, y: Double

        package init(x: Double, y: Double) {
            (self.x, self.y) = (x, y)
        }
    }

    package let upperLeft, upperRight, lowerRight, lowerLeft: Point

    package init(upperLeft: Point, upperRight: Point, lowerRight: Point, lowerLeft: Point) {
        (self.upperLeft, self.upperRight) = (upperLeft, upperRight)
        (self.lowerRight, self.lowerLeft) = (lowerRight, lowerLeft)
    }

    /// All four, in the order of their names.
    var corners: [Point] { [upperLeft, upperRight, lowerRight, lowerLeft] }

    /// The length of the upper side, in pixels.
    var side: Double {
        let (x, y) = (upperRight.x - upperLeft.x, upperRight.y - upperLeft.y)
        return (x * x + y * y).squareRoot()
    }
}
