import QREncoding
import Testing

@testable import QRDrawing
@testable import QRProofreading
@testable import QRReading
@testable import QRStandard

@Suite("A symbol read back before it is handed out")
struct SelfReadTests {
    private static let text = "SP1:" + String(repeating: "READ ME BACK 0123456789 ", count: 12)

    @Test("keeps the best mask when every look reads it", arguments: QRLevel.allCases)
    func keepsMask(level: QRLevel) throws {
        let proven = try ProvenSymbol.draw(Self.text, level: level)
        #expect(proven.symbol == (try QRSymbol.encode(Self.text, level: level)))
        #expect(Set(proven.reads.map(\.modulePixels)).count >= 2)
        #expect(proven.reads.contains { $0.tiltDegrees > 0 })
    }

    @Test("takes another mask, then a higher level, and gives up after the last")
    func takesAnother() throws {
        let best = try QRSymbol.encode(Self.text).mask
        let other = try ProvenSymbol.draw(Self.text, level: .medium) { $0.mask != best }
        #expect(other.symbol.mask != best && other.symbol.level == .medium)
        let higher = try ProvenSymbol.draw(Self.text, level: .medium) { $0.level == .high && $0.mask == 5 }
        #expect(higher.symbol.level == .high && higher.symbol.mask == 5)
        var tried: [QRSymbol] = []
        let error = #expect(throws: QRError.self) {
            try ProvenSymbol.draw(Self.text, level: .quartile) { symbol in
                tried.append(symbol)
                return false
            }
        }
        #expect(error?.code == .pictureUnreadable)
        #expect(Set(tried.map { "\($0.level) \($0.mask)" }).count == 16)
    }

    @Test("is refused as before when its text fits no symbol")
    func refusesTexts() {
        let error = #expect(throws: QRError.self) {
            try ProvenSymbol.draw(String(repeating: "A", count: 5_000), level: .low)
        }
        #expect(error?.code == .textTooLong)
    }

    @Test("is read for what it says, not for being readable")
    func readsTheText() throws {
        let view = SymbolView(try QRSymbol.encode("WHAT IT SAYS"), modulePixels: 5, tiltDegrees: 25)
        var scanner = Scanner()
        #expect(scanner.scan(view.image).codes.map(\.text) == ["WHAT IT SAYS"])
        let top = view.image.pixels[..<(view.image.width * 10)]
        #expect(Set(top).count == 1, "a plane that leans back leaves the picture's upper edge free")
    }
}
