import Testing

@testable import QRDrawing
@testable import QRReading
@testable import QRStandard

@Suite("A symbol")
struct RoundTripTests {
    @Test("comes back from its PNG, at every level and many lengths", arguments: QRLevel.allCases)
    func comesBack(level: QRLevel) throws {
        var versions: Set<Int> = []
        for characterCount in [1, 20, 60, 120, 200, 300, 400, 600, 900, 1_500] {
            let text = String(
                (0..<characterCount).map { index in
                    Character(Unicode.Scalar(Alphanumeric.characters[(index * 7 + index / 45) % 45]))
                })
            let symbol = try QRSymbol.encode(text, level: level)
            versions.insert(symbol.version)
            #expect(symbol.size == 17 + 4 * symbol.version)
            var scanner = Scanner()
            let scan = scanner.scan(try PictureFile(try symbol.png(modulePixels: 4)).grey)
            #expect(scan.outcome == .codes)
            #expect(scan.codes.map(\.text) == [text])
        }
        #expect(versions.count > 8)
    }
}
