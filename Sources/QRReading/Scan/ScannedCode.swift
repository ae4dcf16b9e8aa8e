/// One code found in a picture.
package struct ScannedCode: Sendable, Equatable {
    /// A place in the picture, in pixels from its upper left.
    package struct Point: Sendable, Equatable {
        package let x: Int
        package let y: Int

        package init(x: Int, y: Int) {
            self.x = x
            self.y = y
        }
    }

    /// The picture positions of a symbol's upper left, upper right, lower right and lower left corners.
    package struct Corners: Sendable, Equatable {
        package let upperLeft, upperRight, lowerRight, lowerLeft: Point

        package init(upperLeft: Point, upperRight: Point, lowerRight: Point, lowerLeft: Point) {
            self.upperLeft = upperLeft
            self.upperRight = upperRight
            self.lowerRight = lowerRight
            self.lowerLeft = lowerLeft
        }

        /// All four, in the order of their names.
        package var all: [Point] { [upperLeft, upperRight, lowerRight, lowerLeft] }

        /// Whether a position is inside; the corners are in clockwise order, or counterclockwise for a mirrored code.
        func contain(x: Double, y: Double) -> Bool {
            func side(_ first: Point, _ second: Point) -> Double {
                let (sideX, sideY) = (Double(second.x - first.x), Double(second.y - first.y))
                return sideX * (y - Double(first.y)) - sideY * (x - Double(first.x))
            }
            let (top, right) = (side(upperLeft, upperRight), side(upperRight, lowerRight))
            let (bottom, left) = (side(lowerRight, lowerLeft), side(lowerLeft, upperLeft))
            return min(top, right, bottom, left) >= 0 || max(top, right, bottom, left) <= 0
        }

        /// The middle between the outer finder patterns, in pixels.
        var middle: (x: Double, y: Double) {
            (Double(upperRight.x + lowerLeft.x) / 2, Double(upperRight.y + lowerLeft.y) / 2)
        }

        /// The same corners in a whole picture, for corners in a part of it.
        ///
        /// - Parameters:
        ///   - factor: the size of the whole, as a multiple of the part's size.
        ///   - x: where the part begins in the whole, in pixels from its left.
        ///   - y: the same from its top.
        /// - Returns: positions in the whole picture.
        func placed(by factor: Double, x: Int = 0, y: Int = 0) -> Corners {
            func scale(_ point: Point) -> Point {
                Point(x: x + Int(Double(point.x) * factor), y: y + Int(Double(point.y) * factor))
            }
            return Corners(
                upperLeft: scale(upperLeft), upperRight: scale(upperRight), lowerRight: scale(lowerRight),
                lowerLeft: scale(lowerLeft))
        }
    }

    package let payload: Payload
    /// The code's corners; nil when the reader did not report them.
    package internal(set) var corners: Corners?

    init(payload: Payload, corners: Corners?) {
        self.payload = payload
        self.corners = corners
    }

    /// The payload, byte for byte.
    package var bytes: [UInt8] { payload.bytes }

    /// The sum of the coordinates of the code's middle, in quarters of pixels.
    var distanceFromUpperLeft: Int { corners?.all.reduce(0) { $0 + $1.x + $1.y } ?? 0 }
}
