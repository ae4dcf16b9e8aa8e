import QREncoding
import Testing

@testable import QRDrawing
@testable import QRReading
@testable import QRStandard

@Suite("The mask of a symbol")
struct MaskTests {
    @Test("has the lowest penalty, by the rules applied one module at a time", arguments: [5, 90, 300, 900, 1_500])
    func hasLowestPenalty(characterCount: Int) throws {
        let text = String((0..<characterCount).map { "0A1B2C3D4E:/. "[$0 * $0 % 14] })
        let chosen = try QRSymbol.encode(text)
        let penalties = try (0..<8).map { Self.penalty(try QRSymbol.encode(text, mask: $0)) }
        #expect(penalties.firstIndex(of: penalties.min() ?? 0) == chosen.mask)
        #expect(Set(penalties).count > 1)
    }

    @Test("may be any of the eight, and the text comes back", arguments: 0..<8)
    func mayBeAny(mask: Int) throws {
        let symbol = try QRSymbol.encode("ANY MASK WILL DO", level: .high, mask: mask)
        #expect(symbol.mask == mask)
        let image = try PictureFile(try symbol.png(modulePixels: 4)).grey
        var picture = PixelBuffer()
        picture.load(image)
        var sight = Sight()
        ZBarPass.read(picture, into: &sight)
        #expect(sight.codes.map(\.text) == ["ANY MASK WILL DO"])
    }

    @Test("is refused outside 0 to 7, as are texts that are empty or too long")
    func isRefused() {
        #expect(throws: QRError.self) { try QRSymbol.encode("A", mask: 8) }
        #expect(throws: QRError.self) { try QRSymbol.encode("") }
        #expect(throws: QRError.self) { try QRSymbol.encode(String(repeating: "A", count: 4_297), level: .low) }
        #expect(throws: Never.self) { try QRSymbol.encode(String(repeating: "A", count: 4_296), level: .low) }
    }

    /// ISO/IEC 18004 §7.8.3, slowly.
    private static func penalty(_ symbol: QRSymbol) -> Int {
        let range = 0..<symbol.size
        let lines =
            range.map { row in range.map { symbol.isDark(row: row, column: $0) } }
            + range.map { column in range.map { symbol.isDark(row: $0, column: column) } }
        var total = 0
        let core = [true, false, true, true, true, false, true]
        for line in lines {
            var run = 0
            for index in range {
                run = index > 0 && line[index] == line[index - 1] ? run + 1 : 1
                total += run == 5 ? 3 : run > 5 ? 1 : 0
            }
            let padded = [Bool](repeating: false, count: 4) + line + [Bool](repeating: false, count: 4)
            for start in 4..<max(5, symbol.size - 2) where Array(padded[start..<(start + 7)]) == core {
                let before = padded[(start - 4)..<start]
                let after = padded[(start + 7)..<(start + 11)]
                guard before.last == false, after.first == false else { continue }
                if !before.contains(true) || !after.contains(true) { total += 40 }
            }
        }
        for row in 1..<symbol.size {
            for column in 1..<symbol.size {
                let block = [(row - 1, column - 1), (row - 1, column), (row, column - 1), (row, column)]
                if Set(block.map { symbol.isDark(row: $0.0, column: $0.1) }).count == 1 { total += 3 }
            }
        }
        let dark = symbol.modules.reduce(0) { $0 + Int($1) }
        let count = symbol.modules.count
        return total + abs(2 * dark - count) * 10 / count * 10
    }
}

extension String {
    fileprivate subscript(index: Int) -> Character { self[self.index(startIndex, offsetBy: index)] }
}
