import Glibc
import QRStandard
import Testing

@testable import QRDrawing
@testable import QRReading

@Suite("A code that is drawn in a style")
struct StyledCodeTests {
    private static let text = "SP1:" + String(repeating: "DRAWN IN A STYLE 0123456789 ", count: 5)

    /// A picture's grey at a place of a module, both as fractions of the module's side from its middle.
    private struct Style {
        var pixels = 9
        var isInverted = false
        var circles = false
        /// The grey of a module's point by its colour and its place in the picture; finder patterns are drawn whole.
        let grey: (_ isDark: Bool, _ across: Double, _ down: Double, _ x: Int, _ y: Int) -> Double
    }

    private static let (ink, paper) = (25.0, 230.0)

    private func draw(_ style: Style, text: String = text) throws -> GreyImage {
        let symbol = try QRSymbol.encode(text, level: .high)
        let (pixels, side) = (style.pixels, (symbol.size + 8) * style.pixels)
        let grey = (0..<(side * side)).map { index -> UInt8 in
            let (x, y) = (index % side, index / side)
            let (column, row) = (x / pixels - 4, y / pixels - 4)
            let across = (Double(x % pixels) + 0.5) / Double(pixels) - 0.5
            let down = (Double(y % pixels) + 0.5) / Double(pixels) - 0.5
            let isDark = symbol.isDark(row: row, column: column)
            var value = isDark ? Self.ink : Self.paper
            if let (right, below) = Self.finderPlace(row, column, size: symbol.size) {
                if style.circles {
                    let (right, below) = (Double(right) + across, Double(below) + down)
                    let distance = (right * right + below * below).squareRoot()
                    value = distance < 1.5 || (2.5..<3.5).contains(distance) ? Self.ink : Self.paper
                }
            } else if (0..<symbol.size).contains(row), (0..<symbol.size).contains(column) {
                value = style.grey(isDark, across, down, x, y)
            }
            return UInt8(style.isInverted ? 255 - value : value)
        }
        return try #require(GreyImage(width: side, height: side, pixels: grey))
    }

    /// A module's place from the middle of the finder pattern that it belongs to, border included.
    private static func finderPlace(_ row: Int, _ column: Int, size: Int) -> (Int, Int)? {
        for (top, left) in [(0, 0), (0, size - 7), (size - 7, 0)] {
            let (right, below) = (column - left - 3, row - top - 3)
            if max(abs(right), abs(below)) <= 4 { return (right, below) }
        }
        return nil
    }

    private func texts(_ image: GreyImage) -> [String] {
        var scanner = Scanner()
        return scanner.scan(image).codes.map(\.text)
    }

    /// What a photograph may show: waves of grey, from dark to light.
    private static func photograph(_ x: Int, _ y: Int) -> Double {
        128 + 95 * sin(Double(x) / 37) * cos(Double(y) / 53)
    }

    @Test(
        "is read with gaps between its modules, dark or light",
        arguments: [(10, 2), (10, 1), (10, 3), (20, 4), (6, 1), (8, 3), (16, 5)], [false, true])
    func isReadWithGaps(size: (pixels: Int, gap: Int), isInverted: Bool) throws {
        let symbol = try QRSymbol.encode("GAPS BETWEEN MODULES 0123456789")
        let side = (symbol.size + 8) * size.pixels
        let pixels = (0..<(side * side)).map { index -> UInt8 in
            let (x, y) = (index % side, index / side)
            let isGap = min(x % size.pixels, y % size.pixels) < size.gap
            let isDark = symbol.isDark(row: y / size.pixels - 4, column: x / size.pixels - 4) && !isGap
            return isDark != isInverted ? 0 : 255
        }
        let image = try #require(GreyImage(width: side, height: side, pixels: pixels))
        #expect(texts(image) == ["GAPS BETWEEN MODULES 0123456789"])
    }

    @Test("is read as round or square dots on paper, dark or light", arguments: [0.33, 0.5], [false, true])
    func isReadAsDots(share: Double, isRound: Bool) throws {
        for isInverted in [false, true] {
            let style = Style(pixels: 12, isInverted: isInverted) { isDark, across, down, _, _ in
                let reach = isRound ? (across * across + down * down).squareRoot() : max(abs(across), abs(down))
                return isDark && reach < share / 2 ? Self.ink : Self.paper
            }
            #expect(texts(try draw(style)) == [Self.text])
        }
    }

    @Test("is read as dots over a photograph")
    func isReadOverPhotograph() throws {
        let style = Style { isDark, across, down, x, y in
            guard max(abs(across), abs(down)) < 1.0 / 6 else { return Self.photograph(x, y) }
            return isDark ? Self.ink : Self.paper
        }
        #expect(texts(try draw(style)) == [Self.text])
    }

    @Test("is read in the middle thirds of a picture in black and white points", arguments: [3, 9])
    func isReadInHalftone(pixels: Int) throws {
        var state: UInt64 = 0x9e37_79b9_7f4a_7c15
        let points = (0..<(300 * 300)).map { _ -> Double in
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return Double(state >> 33) / Double(UInt32.max >> 1)
        }
        let style = Style(pixels: pixels) { isDark, across, down, x, y in
            if max(abs(across), abs(down)) < 1.0 / 6 { return isDark ? Self.ink : Self.paper }
            let third = pixels / 3
            let threshold = 255 * points[y / third * 300 + x / third]
            return Self.photograph(x * 9 / pixels, y * 9 / pixels) > threshold ? Self.paper : Self.ink
        }
        #expect(texts(try draw(style)) == [Self.text])
    }

    @Test("is read with circles as finder patterns, with whole modules and with dots")
    func isReadWithCircles() throws {
        for share in [1.5, 0.5] {
            let style = Style(circles: true) { isDark, across, down, _, _ in
                isDark && (across * across + down * down).squareRoot() < share / 2 ? Self.ink : Self.paper
            }
            #expect(texts(try draw(style)) == [Self.text])
        }
    }
}
