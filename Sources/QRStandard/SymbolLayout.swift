/// The layout of all symbols of one version.
package final class SymbolLayout: Sendable {
    /// A module whose colour is the same in all symbols of the version.
    package struct Fixed: Sendable {
        package let row: Int
        package let column: Int
        package let isDark: Bool
    }

    package let version: Int
    package let size: Int
    /// Finder, timing and alignment patterns.
    package let fixed: [Fixed]
    /// The finder patterns alone, and the finder and timing patterns together.
    package let finders, anchors: [Fixed]
    /// The indices of the codewords' bits, in order: row × size + column.
    package let dataPlaces: [Int]
    /// The positions of the format's bits, in two copies.
    package let formatPlaces: [FormatInformation.Place]
    /// Rows and columns of alignment patterns' centres.
    package let alignments: [Int]

    package static let versions = 1...40

    package static func size(version: Int) -> Int { 17 + 4 * version }

    /// The number of modules for codewords (ISO/IEC 18004 table 1), with the remainder bits.
    package static func moduleCount(version: Int) -> Int {
        var count = (16 * version + 128) * version + 64
        if version >= 2 {
            let alignmentCount = version / 7 + 2
            count -= (25 * alignmentCount - 10) * alignmentCount - 55
        }
        return version >= 7 ? count - 36 : count
    }

    /// Computes the layout of a version, 1 to 40.
    package init(version: Int) {
        self.version = version
        let size = Self.size(version: version)
        self.size = size
        alignments = Self.alignments(version: version, size: size)
        var painter = FunctionPainter(size: size)
        painter.paint(version: version, alignments: alignments)
        fixed = painter.fixed
        formatPlaces = FormatInformation.places(size: size)
        let inside = 8..<(size - 8)
        finders = fixed.filter { !inside.contains($0.row) && !inside.contains($0.column) && min($0.row, $0.column) < 8 }
        anchors =
            finders
            + fixed.filter { $0.row == 6 && inside.contains($0.column) || $0.column == 6 && inside.contains($0.row) }
        dataPlaces = Self.dataPlaces(size: size, isTaken: painter.isTaken)
    }

    /// The rows and columns of the alignment patterns' centres (ISO/IEC 18004 annex E).
    private static func alignments(version: Int, size: Int) -> [Int] {
        guard version > 1 else { return [] }
        let count = version / 7 + 2
        let step = version == 32 ? 26 : (version * 4 + count * 2 + 1) / (count * 2 - 2) * 2
        return [6] + (0..<(count - 1)).reversed().map { size - 7 - $0 * step }
    }

    /// The order of the bits: pairs of columns from the right, alternately upwards and downwards (ISO/IEC 18004
    /// §7.7.3).
    private static func dataPlaces(size: Int, isTaken: [Bool]) -> [Int] {
        var places: [Int] = []
        places.reserveCapacity(size * size)
        var right = size - 1
        var goesUp = true
        while right > 0 {
            if right == 6 { right = 5 }
            for step in 0..<size {
                let place = (goesUp ? size - 1 - step : step) * size + right
                if !isTaken[place] { places.append(place) }
                if !isTaken[place - 1] { places.append(place - 1) }
            }
            goesUp.toggle()
            right -= 2
        }
        return places
    }
}

/// Marks the modules that are not for codewords.
private struct FunctionPainter {
    private let size: Int
    private(set) var isTaken: [Bool]
    private(set) var fixed: [SymbolLayout.Fixed] = []

    init(size: Int) {
        self.size = size
        isTaken = [Bool](repeating: false, count: size * size)
    }

    mutating func paint(version: Int, alignments: [Int]) {
        for (row, column) in [(3, 3), (3, size - 4), (size - 4, 3)] {
            paintSquare(row, column, radius: 4, lightRings: 0b1_0100)
        }
        for row in alignments {
            for column in alignments where !isTaken[row * size + column] {
                paintSquare(row, column, radius: 2, lightRings: 0b010)
            }
        }
        for index in 0..<size {
            paint(6, index, isDark: index % 2 == 0)
            paint(index, 6, isDark: index % 2 == 0)
        }
        for place in FormatInformation.places(size: size) { isTaken[place.row * size + place.column] = true }
        paint(size - 8, 8, isDark: true)
        guard version >= 7 else { return }
        for index in 0..<18 {
            isTaken[index / 3 * size + size - 11 + index % 3] = true
            isTaken[(size - 11 + index % 3) * size + index / 3] = true
        }
    }

    /// Paints rings around a centre; the n-th ring is light if bit n of `lightRings` is set.
    private mutating func paintSquare(_ row: Int, _ column: Int, radius: Int, lightRings: Int) {
        for down in -radius...radius {
            for right in -radius...radius {
                paint(row + down, column + right, isDark: lightRings >> max(abs(down), abs(right)) & 1 == 0)
            }
        }
    }

    private mutating func paint(_ row: Int, _ column: Int, isDark: Bool) {
        guard row >= 0, column >= 0, row < size, column < size, !isTaken[row * size + column] else { return }
        isTaken[row * size + column] = true
        fixed.append(SymbolLayout.Fixed(row: row, column: column, isDark: isDark))
    }
}
