/// A symbol on a curved surface, followed from its finder patterns outwards by the edges of its modules.
///
/// Edges between dark and light are at whole modules, so their offset shows the movement of the surface. This follows
/// symbols of any version on cloth, cans and crumpled paper, with or without alignment patterns.
struct SymbolSurface: ModuleMap {
    /// The number of nodes in each direction, and the modules between two nodes.
    private var count = 0
    private var step = 1.0
    /// The nodes' positions in the picture, row after row.
    private var xs: [Double] = []
    private var ys: [Double] = []
    /// The certainty of each position, from 0 for nodes that were not reached to 1.
    private var trust: [Double] = []

    /// The approximate number of modules between two nodes.
    private static let spacing = 3.0
    /// The radius, in nodes, of the neighbours that determine a node's position.
    private static let reach = 2
    /// The stiffness of the surface: the weight of the finder patterns' slope and of the neighbours' positions.
    private static let (stiffness, smoothness) = (0.2, 0.4)
    /// The number of passes over all nodes after all have been reached.
    private static let roundCount = 1

    /// Follows a symbol.
    ///
    /// - Parameters:
    ///   - picture: the picture of the symbol.
    ///   - corners: its finder patterns, where the search begins.
    ///   - size: modules a side.
    ///   - deadline: when to stop.
    /// - Returns: false when the deadline passed.
    mutating func follow(_ picture: PixelBuffer, _ corners: SymbolCorners, size: Int, deadline: Deadline) -> Bool {
        count = Int((Double(size) / Self.spacing).rounded()) + 1
        step = Double(size) / Double(count - 1)
        Self.clear(&xs, count * count)
        Self.clear(&ys, count * count)
        Self.clear(&trust, count * count)
        let near = Int((3.5 / step).rounded())
        let far = count - 1 - near
        setNodes(corners.upperLeft, 3.5, 3.5)
        setNodes(corners.upperRight, Double(size) - 3.5, 3.5)
        setNodes(corners.lowerLeft, 3.5, Double(size) - 3.5)
        for round in 0...Self.roundCount {
            for ring in 0..<count {
                if deadline.isOver { return false }
                for row in 0..<count {
                    for column in 0..<count {
                        let (left, right) = (abs(column - near), abs(column - far))
                        let (top, bottom) = (abs(row - near), abs(row - far))
                        let distance = min(max(left, top), max(right, top), max(left, bottom))
                        guard distance == ring, round > 0 || trust[row * count + column] == 0 else { continue }
                        settle(row, column, picture, corners, isSettled: round > 0)
                    }
                }
            }
        }
        return true
    }

    private static func clear(_ values: inout [Double], _ count: Int) {
        values.removeAll(keepingCapacity: true)
        values.append(contentsOf: repeatElement(0, count: count))
    }

    /// Sets the nodes of a finder pattern to its shape.
    private mutating func setNodes(_ shape: FinderShape, _ u: Double, _ v: Double) {
        for row in 0..<count {
            for column in 0..<count {
                let (right, below) = (Double(column) * step - u, Double(row) * step - v)
                guard max(abs(right), abs(below)) < 5 else { continue }
                (xs[row * count + column], ys[row * count + column]) = shape.map(right, below)
                trust[row * count + column] = 1
            }
        }
    }

    /// Sets a node's position from its neighbours and the edges around it.
    private mutating func settle(
        _ row: Int, _ column: Int, _ picture: PixelBuffer, _ corners: SymbolCorners, isSettled: Bool
    ) {
        let (u, v) = (Double(column) * step, Double(row) * step)
        var frame = frame(row, column, corners)
        let place = row * count + column
        let (smoothX, smoothY) = (frame.x, frame.y)
        if isSettled { (frame.x, frame.y) = (xs[place], ys[place]) }
        let across = Self.shift(picture, frame, u, v)
        let down = Self.shift(picture, frame.transposed, v, u)
        let (right, below) = (across.modules * across.trust, down.modules * down.trust)
        let x = frame.x + right * frame.acrossX + below * frame.downX
        let y = frame.y + right * frame.acrossY + below * frame.downY
        let known = (across.trust + down.trust) / 2
        let share = isSettled ? Self.smoothness / (Self.smoothness + known) : 0
        xs[place] = x + share * (smoothX - x)
        ys[place] = y + share * (smoothY - y)
        trust[place] = 0.1 + 0.9 * known
    }

    /// A position in the picture, with one module's vectors across and down.
    private struct Frame {
        var x, y, acrossX, acrossY, downX, downY: Double

        var transposed: Frame {
            Frame(x: x, y: y, acrossX: downX, acrossY: downY, downX: acrossX, downY: acrossY)
        }
    }

    /// A node's position by its neighbours: the plane of least squares through them.
    private func frame(_ row: Int, _ column: Int, _ corners: SymbolCorners) -> Frame {
        let (right, below) = (Double(column) / Double(count - 1), Double(row) / Double(count - 1))
        let (corner, far, low) = (corners.upperLeft, corners.upperRight, corners.lowerLeft)
        func between(_ corner: Double, _ far: Double, _ low: Double) -> Double {
            corner + right * (far - corner) + below * (low - corner)
        }
        var frame = Frame(
            x: 0, y: 0, acrossX: between(corner.acrossX, far.acrossX, low.acrossX),
            acrossY: between(corner.acrossY, far.acrossY, low.acrossY),
            downX: between(corner.downX, far.downX, low.downX), downY: between(corner.downY, far.downY, low.downY))
        var (weights, rights, belows) = (0.0, 0.0, 0.0)
        var (rightRight, rightBelow, belowBelow) = (Self.stiffness, 0.0, Self.stiffness)
        var (sumX, sumY, rightX, rightY, belowX, belowY) = (0.0, 0.0, 0.0, 0.0, 0.0, 0.0)
        for otherRow in max(0, row - Self.reach)...min(count - 1, row + Self.reach) {
            for otherColumn in max(0, column - Self.reach)...min(count - 1, column + Self.reach) {
                let other = otherRow * count + otherColumn
                let weight = trust[other]
                guard weight > 0, otherRow != row || otherColumn != column else { continue }
                let (right, below) = (Double(otherColumn - column), Double(otherRow - row))
                // The rest after subtracting the finder patterns' slope.
                let x = xs[other] - step * (right * frame.acrossX + below * frame.downX)
                let y = ys[other] - step * (right * frame.acrossY + below * frame.downY)
                weights += weight
                rights += weight * right
                belows += weight * below
                rightRight += weight * right * right
                rightBelow += weight * right * below
                belowBelow += weight * below * below
                (sumX, sumY) = (sumX + weight * x, sumY + weight * y)
                (rightX, rightY) = (rightX + weight * right * x, rightY + weight * right * y)
                (belowX, belowY) = (belowX + weight * below * x, belowY + weight * below * y)
            }
        }
        // Relative to the neighbours' middle, two equations determine the slopes.
        let (middleRight, middleBelow) = (rights / weights, belows / weights)
        rightRight -= rights * middleRight
        rightBelow -= rights * middleBelow
        belowBelow -= belows * middleBelow
        let determinant = rightRight * belowBelow - rightBelow * rightBelow
        func solve(_ sum: Double, _ right: Double, _ below: Double) -> (value: Double, right: Double, below: Double) {
            let (right, below) = (right - middleRight * sum, below - middleBelow * sum)
            let slopeRight = (right * belowBelow - below * rightBelow) / determinant
            let slopeBelow = (below * rightRight - right * rightBelow) / determinant
            return (sum / weights - slopeRight * middleRight - slopeBelow * middleBelow, slopeRight, slopeBelow)
        }
        let (x, y) = (solve(sumX, rightX, belowX), solve(sumY, rightY, belowY))
        (frame.x, frame.y) = (x.value, y.value)
        frame.acrossX += x.right / step
        frame.acrossY += y.right / step
        frame.downX += x.below / step
        frame.downY += y.below / step
        return frame
    }

    /// The offset of the edges around a position from whole modules, along its first vector.
    ///
    /// - Returns: the offset in modules, between -0.5 and 0.5, and its certainty, between 0 and 1.
    private static func shift(
        _ picture: PixelBuffer, _ frame: Frame, _ u: Double, _ v: Double
    ) -> (modules: Double, trust: Double) {
        // Four samples a module, each a quarter period of the edges' wave.
        var quarters = InlineArray<4, Double>(repeating: 0)
        for line in -lines...lines {
            let aside = v.rounded(.down) + 0.5 + Double(line) - v
            let start = -Double(lines) - 0.5
            var x = frame.x + aside * frame.downX + start * frame.acrossX
            var y = frame.y + aside * frame.downY + start * frame.acrossY
            var before = picture.sample(x, y)
            for index in 0..<(8 * lines + 4) {
                x += frame.acrossX / 4
                y += frame.acrossY / 4
                let value = picture.sample(x, y)
                quarters[index & 3] += (value - before) * (value - before)
                before = value
            }
        }
        let all = quarters[0] + quarters[1] + quarters[2] + quarters[3]
        guard all > 0 else { return (0, 0) }
        let (real, imaginary) = ((quarters[0] - quarters[2]) / all, (quarters[1] - quarters[3]) / all)
        let clarity = (real * real + imaginary * imaginary).squareRoot()
        let turns = Angle.turns(x: real, y: imaginary) + u - Double(lines) - 0.5 + 0.125
        return (turns - turns.rounded(), min(1, clarity * 2))
    }

    /// The number of sampled lines to each side, one module apart.
    private static let lines = 2

    func map(_ x: Double, _ y: Double) -> (x: Double, y: Double) {
        let (u, v) = (x / step, y / step)
        let (column, row) = (min(max(Int(u), 0), count - 2), min(max(Int(v), 0), count - 2))
        let (right, below) = (u - Double(column), v - Double(row))
        let place = row * count + column
        func between(_ values: [Double]) -> Double {
            let upper = values[place] * (1 - right) + values[place + 1] * right
            let lower = values[place + count] * (1 - right) + values[place + count + 1] * right
            return upper * (1 - below) + lower * below
        }
        return (between(xs), between(ys))
    }
}
