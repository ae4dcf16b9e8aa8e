import Glibc
import Testing

@testable import QRImage

@Suite("A code that is hard to see")
struct HardPictureTests {
    /// Version 10: bent paper shows at its alignment patterns.
    private static let text = "SP1:" + String(repeating: "HARD TO SEE 0123456789 ", count: 12)

    /// Our own looks alone, so that it is their work that is tested.
    private func read(_ image: GreyImage, smoothed: Bool = false) -> [String] {
        var (picture, prepared, sight) = (PixelBuffer(), PixelBuffer(), Sight())
        var (pass, smoother) = (GeometricPass(), Smoother())
        picture.load(image)
        if smoothed { smoother.apply(picture, into: &prepared) }
        pass.read(
            smoothed ? prepared : picture, window: 31, offset: smoothed ? 1 : 4, refined: false, deadline: .none,
            into: &sight)
        return sight.codes.map(\.text)
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
        #expect(read(image) == [Self.text])
    }

    @Test("is read beside an inverted one, in the same look, and both come from left to right")
    func isReadInverted() throws {
        let (left, right) = (Self.text, String(Self.text.reversed()))
        for inverted in [[], [0], [1], [0, 1]] as [Set<Int>] {
            let image = try draw([try QRSymbol.encode(left), try QRSymbol.encode(right)], inverted: inverted)
            #expect(Set(read(image)) == [left, right])
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
        #expect(read(noisy) != [Self.text] && read(noisy, smoothed: true) == [Self.text])
        #expect(read(pale, smoothed: true) == [Self.text])
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
