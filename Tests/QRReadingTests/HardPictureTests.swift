import QRStandard
import Glibc
import Testing

@testable import QRDrawing
@testable import QRReading

@Suite("A code that is hard to see")
struct HardPictureTests {
    /// Version 10: bent paper shows at its alignment patterns.
    private static let text = "SP1:" + String(repeating: "HARD TO SEE 0123456789 ", count: 12)

    /// Our own looks alone, so that it is their work that is tested.
    private func read(_ image: GreyImage, smoothed: Bool = false) -> [ScannedCode] {
        var (picture, prepared, sight) = (PixelBuffer(), PixelBuffer(), Sight())
        var (pass, smoother) = (GeometricPass(), Smoother())
        picture.load(image)
        if smoothed { smoother.apply(picture, into: &prepared) }
        pass.read(
            smoothed ? prepared : picture, window: 31, offset: smoothed ? 1 : 4, refined: false, deadline: .none,
            into: &sight)
        return sight.codes
    }

    /// Draws symbols side by side, five pixels a module, each place seen from where `seen` takes it.
    private func draw(
        _ symbols: [QRSymbol], inverted: Set<Int> = [], seen: (Double, Double) -> (Double, Double) = { ($0, $1) }
    ) throws -> GreyImage {
        let (side, quiet) = ((symbols[0].size + 8) * 5, 4)
        let pixels = (0..<(side * side * symbols.count)).map { index -> UInt8 in
            let (column, row) = (index % (side * symbols.count), index / (side * symbols.count))
            let (x, y) = seen(Double(column % side), Double(row))
            let symbol = symbols[column / side]
            let isDark = symbol.isDark(row: Int((y / 5).rounded(.down)) - quiet, column: Int(x / 5) - quiet)
            return isDark != inverted.contains(column / side) ? 30 : 220
        }
        return try #require(GreyImage(width: side * symbols.count, height: side, pixels: pixels))
    }

    @Test("is read on paper that is bent by two modules")
    func isReadWhenBent() throws {
        let symbol = try QRSymbol.encode(Self.text)
        let side = Double((symbol.size + 8) * 5)
        let image = try draw([symbol]) { ($0, $1 + 10 * sin($0 / side * .pi)) }
        #expect(read(image).map(\.text) == [Self.text])
    }

    @Test("is read on cloth, where no plane and no alignment pattern leads")
    func isReadOnCloth() throws {
        let symbol = try QRSymbol.encode(Self.text)
        let turn = 2 * .pi / Double((symbol.size + 8) * 5)
        // More than a module each way, there and back again.
        let image = try draw([symbol]) { ($0 + 7 * sin($1 * turn), $1 + 7 * sin($0 * turn)) }
        #expect(read(image).map(\.text) == [Self.text])
    }

    @Test("is read in a mirror, and lies as it is seen there")
    func isReadInMirror() throws {
        let symbol = try QRSymbol.encode(Self.text)
        let side = Double((symbol.size + 8) * 5)
        let codes = read(try draw([symbol]) { (side - 1 - $0, $1) })
        #expect(codes.map(\.text) == [Self.text])
        let corners = try #require(codes.first?.corners)
        #expect(corners.upperLeft.x > corners.upperRight.x && corners.upperLeft.y < corners.lowerLeft.y)
        #expect(corners.contain(x: side / 2, y: side / 2) && !corners.contain(x: 2, y: side / 2))
    }

    @Test("is read under stains that its level alone would not stand")
    func isReadUnderStains() throws {
        let symbol = try QRSymbol.encode(Self.text)
        let middle = Double((symbol.size + 8) * 5) / 2
        let image = try draw([symbol]) { x, y in
            // Within the stains every place shows the quiet zone.
            let isStained = [(-70.0, 10.0), (10, -50), (60, 40), (-10, 70)].contains { right, down in
                let (x, y) = (x - middle - right, y - middle - down)
                return x * x + y * y < 22 * 22
            }
            return isStained ? (0, 0) : (x, y)
        }
        #expect(read(image).map(\.text) == [Self.text])
    }

    @Test("is read beside an inverted one, in the same look, and both come from left to right")
    func isReadInverted() throws {
        let (left, right) = (Self.text, String(Self.text.reversed()))
        for inverted in [[], [0], [1], [0, 1]] as [Set<Int>] {
            let image = try draw([try QRSymbol.encode(left), try QRSymbol.encode(right)], inverted: inverted)
            #expect(Set(read(image).map(\.text)) == [left, right])
            var scanner = Scanner()
            #expect(scanner.scan(image).codes.map(\.text) == [left, right])
        }
    }

    @Test("is read through noise that hides its finder patterns, and where dark is 10 of 255 levels below light")
    func isReadThroughNoise() throws {
        let image = try draw([try QRSymbol.encode(Self.text)])
        var state: UInt64 = 0x9e37_79b9_7f4a_7c15
        var (noisy, pale) = (image, image)
        for index in image.pixels.indices {
            // Three dice come near enough to what a sensor adds; their spread is 74 levels.
            var noise = 0
            for _ in 0..<3 {
                state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
                noise += Int(state >> 33) % 149 - 74
            }
            let grey = Int(image.pixels[index])
            unsafe noisy.withMutablePixels { unsafe $0[index] = UInt8(max(0, min(255, grey + noise))) }
            unsafe pale.withMutablePixels { unsafe $0[index] = UInt8(120 + grey / 19 + noise / 60) }
        }
        #expect(read(noisy).isEmpty && read(noisy, smoothed: true).map(\.text) == [Self.text])
        #expect(read(pale, smoothed: true).map(\.text) == [Self.text])
    }

    @Test("says its version, even with three of the bits wrong")
    func saysVersion() {
        // ISO/IEC 18004 annex D has these two.
        #expect(VersionInformation.bits(version: 7) == 0x07c94 && VersionInformation.bits(version: 40) == 0x28c69)
        for version in VersionInformation.versions {
            let bits = VersionInformation.bits(version: version)
            for wrong in 0..<VersionInformation.bitCount {
                let read = bits ^ (0b1000_0010_0000_0001 << wrong) & 0x3ffff
                #expect(VersionInformation.version(nearestTo: read) == version)
            }
        }
    }
}
