import QRStandard

/// A symbol on a curved surface: each cell between four alignment patterns has its own plane.
struct SymbolGrid: ModuleMap {
    /// Rows and columns of the patterns' middles, in modules.
    private var lines: [Int] = []
    /// Each pattern's distance from the position on the plane, in pixels.
    private var shifts: [FourPoints.Point] = []
    private var cells: [Homography] = []
    /// The column or row of the cell that contains a module.
    private var cellOfModule: [Int] = []

    /// The largest distance of a pattern from the position that its neighbours suggest, in modules.
    private static let reach = 2.0

    /// Searches for every alignment pattern, from the finder patterns outwards.
    ///
    /// - Parameters:
    ///   - search: searches near a pattern's position on the plane.
    ///   - plane: a plane that fits the three finder patterns.
    ///   - layout: a layout of version 7 or above; lower versions have no pattern in the middle.
    /// - Returns: false when the patterns give no valid surface.
    mutating func follow(_ search: AlignmentSearch, _ plane: Homography, _ layout: SymbolLayout) -> Bool {
        guard layout.alignments.count > 2 else { return false }
        lines = layout.alignments
        find(search, plane)
        cellOfModule.removeAll(keepingCapacity: true)
        var cell = 0
        for module in 0..<layout.size {
            if cell + 2 < lines.count, module >= lines[cell + 1] { cell += 1 }
            cellOfModule.append(cell)
        }
        return makeCells(plane)
    }

    private mutating func find(_ search: AlignmentSearch, _ plane: Homography) {
        let count = lines.count
        shifts.removeAll(keepingCapacity: true)
        for row in 0..<count {
            for column in 0..<count {
                let isFinder = row == 0 && (column == 0 || column == count - 1) || column == 0 && row == count - 1
                let expected = isFinder ? (0, 0) : expectedShift(row, column)
                let (x, y) = (Double(lines[column]) + 0.5, Double(lines[row]) + 0.5)
                if !isFinder, let found = search.find(column: x, row: y, shift: expected, reach: Self.reach) {
                    let flat = plane.map(x, y)
                    shifts.append((found.x - flat.x, found.y - flat.y))
                } else {
                    shifts.append(expected)
                }
            }
        }
    }

    /// The shift that the neighbours suggest, for an evenly bent surface.
    private func expectedShift(_ row: Int, _ column: Int) -> FourPoints.Point {
        let count = lines.count
        guard row > 0 else { return shifts[column - 1] }
        let above = shifts[(row - 1) * count + column]
        guard column > 0 else { return above }
        let (left, corner) = (shifts[row * count + column - 1], shifts[(row - 1) * count + column - 1])
        return (above.x + left.x - corner.x, above.y + left.y - corner.y)
    }

    private mutating func makeCells(_ plane: Homography) -> Bool {
        cells.removeAll(keepingCapacity: true)
        for row in 0..<(lines.count - 1) {
            for column in 0..<(lines.count - 1) {
                let points = FourPoints(
                    upperLeft: corner(row, column, plane), upperRight: corner(row, column + 1, plane),
                    lowerLeft: corner(row + 1, column, plane), lowerRight: corner(row + 1, column + 1, plane))
                let (left, right) = (Double(lines[column]) + 0.5, Double(lines[column + 1]) + 0.5)
                let (top, bottom) = (Double(lines[row]) + 0.5, Double(lines[row + 1]) + 0.5)
                guard let cell = Homography(columns: left...right, rows: top...bottom, points: points) else {
                    return false
                }
                cells.append(cell)
            }
        }
        return true
    }

    private func corner(_ row: Int, _ column: Int, _ plane: Homography) -> FourPoints.Point {
        let flat = plane.map(Double(lines[column]) + 0.5, Double(lines[row]) + 0.5)
        let shift = shifts[row * lines.count + column]
        return (flat.x + shift.x, flat.y + shift.y)
    }

    func map(_ x: Double, _ y: Double) -> (x: Double, y: Double) {
        let last = cellOfModule.count - 1
        let column = cellOfModule[min(max(Int(x), 0), last)]
        let row = cellOfModule[min(max(Int(y), 0), last)]
        return cells[row * (lines.count - 1) + column].map(x, y)
    }
}
