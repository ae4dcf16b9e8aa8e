/// The penalty of a masked symbol: the four rules of ISO/IEC 18004 §7.8.3, computed for a whole row of modules at once.
///
/// Vertical runs are counted from row to row, without separating the columns.
struct MaskPenalty<Row: ModuleRow> {
    /// Light rows before and after the symbol's own, so that the search for finders needs no special case at the edges.
    static var margin: Int { 4 }

    private let size: Int
    /// The columns that have a column to their right.
    private let paired: Row
    private let inside: Row
    private var runPenalty = 0
    private var blockCount = 0
    private var finderCount = 0
    private var darkCount = 0

    /// Computes the penalty of a symbol.
    ///
    /// - Parameters:
    ///   - rows: the symbol's rows with `margin` light rows before and after; bits from `size` on are zero.
    ///   - size: modules a side.
    /// - Returns: the penalty; a lower one is better.
    static func score(_ rows: [Row], size: Int) -> Int {
        var penalty = MaskPenalty(size: size)
        unsafe rows.withUnsafeBufferPointer { rows in unsafe penalty.addAll(rows) }
        return penalty.total
    }

    init(size: Int) {
        self.size = size
        self.paired = .ones(size - 1)
        self.inside = .ones(size)
    }

    private var total: Int {
        let moduleCount = size * size
        let deviation = abs(2 * darkCount - moduleCount) * 10 / moduleCount
        return runPenalty + 3 * blockCount + 40 * finderCount + 10 * deviation
    }

    private mutating func addAll(_ rows: UnsafeBufferPointer<Row>) {
        var above = unsafe ~rows[Self.margin]
        var same = Row.zero
        var sameTwice = Row.zero
        var sameTwiceBefore = Row.zero
        var runs = Row.zero
        for index in Self.margin..<(size + Self.margin) {
            let row = unsafe rows[index]
            let sameNow = ~(row ^ above) & inside
            addRow(row, sameAsAbove: sameNow)
            let sameTwiceNow = sameNow & same
            let runsNow = sameTwiceNow & sameTwiceBefore
            addRuns(runsNow, starts: runsNow & ~runs)
            (sameTwiceBefore, sameTwice) = (sameTwice, sameTwiceNow)
            (runs, same, above) = (runsNow, sameNow, row)
            unsafe addFindersDown(rows, from: index)
        }
    }

    @inline(__always)
    private mutating func addRow(_ row: Row, sameAsAbove: Row) {
        darkCount += row.nonzeroBitCount
        let same = ~(row ^ row.down(1)) & paired
        let sameTwice = same & same.down(1)
        let runs = sameTwice & sameTwice.down(2)
        addRuns(runs, starts: runs & ~runs.up(1))
        blockCount += (same & sameAsAbove & sameAsAbove.down(1)).nonzeroBitCount
        let middle = row.down(2) & row.down(3) & row.down(4)
        let core = middle & row & ~row.down(1) & ~row.down(5) & row.down(6) & ~row.down(7) & ~row.up(1)
        if core == .zero { return }
        let lightAfter = ~(row.down(8) | row.down(9) | row.down(10))
        let lightBefore = ~(row.up(2) | row.up(3) | row.up(4))
        finderCount += (core & (lightAfter | lightBefore)).nonzeroBitCount
    }

    /// Rule 1: three points for five equal modules in line, one for each further module; a set bit ends a run of five.
    @inline(__always)
    private mutating func addRuns(_ runs: Row, starts: Row) {
        runPenalty += runs.nonzeroBitCount + 2 * starts.nonzeroBitCount
    }

    /// Rule 3 in columns: 1:1:3:1:1 with four light modules before or after; outside the symbol is light.
    @inline(__always)
    private mutating func addFindersDown(_ rows: UnsafeBufferPointer<Row>, from index: Int) {
        guard index + 7 <= size + Self.margin else { return }
        let middle = unsafe rows[index] & rows[index + 2] & rows[index + 3] & rows[index + 4] & rows[index + 6]
        let core = unsafe middle & ~(rows[index + 1] | rows[index + 5] | rows[index + 7] | rows[index - 1])
        if core == .zero { return }
        let after = unsafe rows[index + 8] | rows[index + 9] | rows[index + 10]
        let before = unsafe rows[index - 2] | rows[index - 3] | rows[index - 4]
        finderCount += (core & (~after | ~before)).nonzeroBitCount
    }
}
