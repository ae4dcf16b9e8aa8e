import QRStandard
import Synchronization

/// What stands where in a symbol of one version, whatever its content.
final class SymbolLayout: Sendable {
    /// A module whose colour the version alone fixes.
    struct Fixed: Sendable {
        let row: Int
        let column: Int
        let isDark: Bool
    }

    let version: Int
    let size: Int
    /// Finder, timing and alignment patterns.
    let fixed: [Fixed]
    /// Those of the finder patterns, and of these and the timing patterns.
    let finders, anchors: [Fixed]
    /// The places of the codewords' bits, in order, as row × size + column.
    let dataPlaces: [Int]
    /// Where the format's bits stand, twice.
    let formatPlaces: [FormatInformation.Place]
    /// Rows and columns of alignment patterns' centres.
    let alignments: [Int]

    static func size(version: Int) -> Int { 17 + 4 * version }

    /// How many modules carry codewords (ISO/IEC 18004 table 1), remainder bits included.
    static func moduleCount(version: Int) -> Int {
        var count = (16 * version + 128) * version + 64
        if version >= 2 {
            let alignmentCount = version / 7 + 2
            count -= (25 * alignmentCount - 10) * alignmentCount - 55
        }
        return version >= 7 ? count - 36 : count
    }

    /// One of the forty layouts, laid out when it is first asked for: a process that reads one picture needs five.
    static func of(version: Int) -> SymbolLayout {
        known[version - 1].load() ?? known[version - 1].storeIfNil(SymbolLayout(version: version))
    }

    private static let known = InlineArray<40, AtomicLazyReference<SymbolLayout>> { _ in AtomicLazyReference() }

    private init(version: Int) {
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

    /// Where alignment patterns are centred (ISO/IEC 18004 annex E).
    private static func alignments(version: Int, size: Int) -> [Int] {
        guard version > 1 else { return [] }
        let count = version / 7 + 2
        let step = version == 32 ? 26 : (version * 4 + count * 2 + 1) / (count * 2 - 2) * 2
        return [6] + (0..<(count - 1)).reversed().map { size - 7 - $0 * step }
    }

    /// Two columns at a time from the right, upwards and downwards in turn (ISO/IEC 18004 §7.7.3).
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

/// Marks the modules that carry no codewords.
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

    /// Paints rings around a centre; bit n of `lightRings` tells that the n-th ring is light.
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
