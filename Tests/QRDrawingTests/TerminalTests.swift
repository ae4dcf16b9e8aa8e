import QRStandard
import QRDrawing
import QRReading
import Testing

@Suite("A symbol on a terminal")
struct TerminalTests {
    private static let texts = ["A", "SP1:TERMINAL " + String(repeating: "0123456789", count: 20)]

    /// The grey levels of a theme's letters and ground: dark, light, and two of Solarized.
    private static let themes = [(229, 0), (0, 255), (131, 43), (101, 253)].map { letters, ground in
        Screen.Theme(letters: letters, ground: ground)
    }

    private func read(_ drawing: String, _ theme: Screen.Theme) throws -> [String] {
        var scanner = Scanner()
        return scanner.scan(try Screen(drawing, theme).image).codes.map(\.text)
    }

    @Test("has the same pixels on every ground, black on white, and is read", arguments: texts)
    func coloured(text: String) throws {
        let drawing = try QRSymbol.encode(text).terminal(.coloured)
        for theme in Self.themes {
            #expect(try read(drawing, theme) == [text])
            let image = try Screen(drawing, theme).image
            #expect(Set(image.pixels) == [0, 255])
        }
    }

    @Test("without colours is the symbol itself in light letters on a dark ground", arguments: texts)
    func plain(text: String) throws {
        let symbol = try QRSymbol.encode(text)
        let drawing = symbol.terminal(.plain)
        #expect(!drawing.contains("\u{1B}"))
        #expect(try read(drawing, Self.themes[0]) == [text])
        let (light, dark) = (try Screen(drawing, Self.themes[1]).image, try Screen(drawing, Self.themes[0]).image)
        let coloured = try Screen(symbol.terminal(.coloured), Self.themes[1]).image
        // The last row of cells has only one row of modules, and the ground fills its lower half.
        let count = coloured.pixels.count - coloured.width * Screen.moduleSide
        #expect(dark.pixels.prefix(count).map { $0 > 0 } == coloured.pixels.prefix(count).map { $0 > 0 })
        #expect(light.pixels.prefix(count).map { $0 == 0 } == coloured.pixels.prefix(count).map { $0 > 0 })
    }
}

/// What a terminal shows of a drawing: half blocks in cells, with colours that the drawing sets or the theme has.
private struct Screen {
    struct Theme {
        let letters: Int
        let ground: Int
    }

    struct NotADrawing: Error {}

    /// The pixels of a module's side; a cell is one module wide and two high.
    static let moduleSide = 4

    let image: GreyImage

    init(_ drawing: String, _ theme: Theme) throws {
        var rows: [[(upper: Int, lower: Int)]] = []
        for line in drawing.split(separator: "\n") { rows.append(try Self.cells(line, theme)) }
        let width = rows.map(\.count).max() ?? 0
        guard rows.allSatisfy({ $0.count == width }) else { throw NotADrawing() }
        var pixels: [UInt8] = []
        for row in rows {
            for half in [row.map(\.upper), row.map(\.lower)] {
                let line = half.flatMap { Array(repeating: UInt8($0), count: Self.moduleSide) }
                for _ in 0..<Self.moduleSide { pixels += line }
            }
        }
        let side = Self.moduleSide
        guard let image = GreyImage(width: width * side, height: rows.count * 2 * side, pixels: pixels) else {
            throw NotADrawing()
        }
        self.image = image
    }

    /// The upper and the lower grey of each cell of a line; the theme's colours stand before and after it.
    private static func cells(_ line: Substring, _ theme: Theme) throws -> [(upper: Int, lower: Int)] {
        var (letters, ground) = (theme.letters, theme.ground)
        var cells: [(upper: Int, lower: Int)] = []
        var rest = line
        while let character = rest.popFirst() {
            switch character {
            case "█": cells.append((letters, letters))
            case "▀": cells.append((letters, ground))
            case "▄": cells.append((ground, letters))
            case " ": cells.append((ground, ground))
            case "\u{1B}":
                guard let end = rest.firstIndex(of: "m") else { throw NotADrawing() }
                switch rest[..<end] {
                case "[38;5;16;48;5;231": (letters, ground) = (0, 255)
                case "[0": (letters, ground) = (theme.letters, theme.ground)
                default: throw NotADrawing()
                }
                rest = rest[rest.index(after: end)...]
            default: throw NotADrawing()
            }
        }
        guard letters == theme.letters, ground == theme.ground else { throw NotADrawing() }
        return cells
    }
}
