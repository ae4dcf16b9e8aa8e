import QRStandard
import Testing
import TestSupport

@testable import QRDrawing
@testable import QRReading

@Suite("A picture of a code")
struct ScanFixtureTests {
    static let text = "SP1:SUISHEN SCAN FIXTURE " + String(repeating: "0123456789", count: 4)

    static let readable = [
        "grey.png", "one-bit.png", "two-bit.png", "four-bit.png", "palette.png", "sixteen-bit.png", "colour.png",
        "transparent.png", "interlaced.png", "grey.jpg", "colour.jpg", "progressive.jpg", "cmyk.jpg", "poor.jpg",
        "tilted.png",
        "blurred.png", "turned.png", "inverted.png", "pale.png", "tiny.png",
    ]

    private func scan(_ name: String) throws -> Scan {
        var scanner = Scanner()
        return scanner.scan(try PictureFile(ProjectFiles.bytes(ProjectFiles.fixtures + "/scans/" + name)).grey)
    }

    @Test("is read, whatever the file's format and what the camera did", arguments: readable)
    func isRead(name: String) throws {
        let scan = try scan(name)
        #expect(scan.outcome == .codes)
        #expect(scan.codes.map(\.text) == [Self.text])
        #expect(scan.codes.first?.corners != nil)
    }

    @Test("gives every code that is in it")
    func givesEveryCode() throws {
        #expect(try Set(scan("two.png").codes.map(\.text)) == [Self.text, "SECOND CODE OF TWO"])
    }

    @Test(
        "says why there is no text",
        arguments: [
            ("empty.png", Scan.Outcome.noCode), ("one-pixel.png", .noCode), ("destroyed.png", .unreadable),
            ("structured-append.png", .structuredAppend), ("split-three.png", .structuredAppend),
            ("split-lacking.png", .structuredAppend),
        ])
    func saysWhy(name: String, outcome: Scan.Outcome) throws {
        let scan = try scan(name)
        #expect(scan.outcome == outcome)
        #expect(scan.codes.isEmpty)
    }

    @Test("gives the text that it has in parts, as others draw them, unless a part is missing")
    func givesSplitText() throws {
        #expect(try scan("split-three.png").splitTexts.map { try $0.payload.get().text } == [Self.text])
        #expect(try scan("split-lacking.png").splitTexts.map(\.payload) == [.failure(.missing([1]))])
        #expect(try scan("structured-append.png").splitTexts.map(\.payload) == [.failure(.missing([1, 2]))])
    }

    @Test("gives binary payloads byte for byte")
    func givesBytes() throws {
        let bytes = (0..<256).map { UInt8($0) }
        let symbol = try QRSymbol.encode(bytes: bytes)
        var scanner = Scanner()
        let scan = scanner.scan(try PictureFile(try symbol.png(modulePixels: 3)).grey)
        #expect(scan.codes.map(\.bytes) == [bytes])
    }

    @Test("has its corners where the symbol's are")
    func hasCorners() throws {
        let symbol = try QRSymbol.encode("CORNERS")
        var scanner = Scanner()
        let corners = try #require(scanner.scan(PictureFile(symbol.png(modulePixels: 10)).grey).codes.first?.corners)
        let (near, far) = (40, 40 + symbol.size * 10)
        for (corner, (x, y)) in zip(corners.all, [(near, near), (far, near), (far, far), (near, far)]) {
            #expect(abs(corner.x - x) <= 10 && abs(corner.y - y) <= 10)
        }
    }

    @Test("is not looked at again once the budget is spent")
    func keepsToBudget() throws {
        let blank = try #require(GreyImage(width: 64, height: 64, pixels: [UInt8](repeating: 255, count: 4_096)))
        var scanner = Scanner(budgetMilliseconds: 0, microseconds: { 7 })
        #expect(scanner.scan(blank).outcome == .noCode)
    }
}
