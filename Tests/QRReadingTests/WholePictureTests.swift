import Testing

@testable import QRReading

@Suite("A picture with small or many codes")
struct WholePictureTests {
    private func scan(_ sheet: Sheet) throws -> Scan {
        var scanner = Scanner()
        return scanner.scan(try #require(sheet.grey))
    }

    @Test(
        "gives all of them, whatever their number and size",
        arguments: [
            (1, 2, 800), (1, 2, 4_000), (1, 8, 1_600), (4, 3, 2_000), (12, 2, 800), (40, 2, 800), (40, 5, 2_000),
        ])
    func sheet(count: Int, modulePixels: Int, side: Int) throws {
        var sheet = Sheet(width: side, height: side)
        let texts = try sheet.fill(count, modulePixels: modulePixels) { "HTTPS://EXAMPLE.CN/O/\($0)" }
        let scan = try scan(sheet)
        #expect(Set(scan.codes.map(\.text)) == Set(texts) && scan.codes.count == count)
        #expect(scan.unread.isEmpty)
    }

    @Test("gives codes of different sizes and versions beside one another")
    func mixed() throws {
        var sheet = Sheet(width: 2_600, height: 1_400)
        var texts: [String] = []
        var left = 40
        for (index, modulePixels) in [2, 3, 4, 6, 9, 12].enumerated() {
            texts.append("CODE \(index) " + String(repeating: "A", count: index * index * 8))
            try sheet.draw(texts[index], left: left, top: 40 + index * 60, modulePixels: modulePixels)
            left += [140, 200, 240, 420, 640, 0][index]
        }
        #expect(try Set(scan(sheet).codes.map(\.text)) == Set(texts))
    }

    @Test(
        "gives a small code anywhere in a long strip or a photograph",
        arguments: [(1_080, 12_000), (12_000, 1_080), (4_000, 3_000)])
    func smallInLarge(width: Int, height: Int) throws {
        for (across, down) in [(0.01, 0.01), (0.9, 0.97)] {
            var sheet = Sheet(width: width, height: height)
            let (left, top) = (Int(across * Double(width - 120)), Int(down * Double(height - 120)))
            try sheet.draw("https://example.cn/a/small/code", left: left + 8, top: top + 8, modulePixels: 2)
            let scan = try scan(sheet)
            #expect(scan.codes.map(\.text) == ["https://example.cn/a/small/code"], "\(left), \(top)")
            let corner = try #require(scan.codes.first?.corners?.upperLeft)
            #expect(abs(corner.x - left - 8) <= 4 && abs(corner.y - top - 8) <= 4)
        }
    }

    @Test(
        "says where a code is that cannot be read, and whether it may be a person's",
        arguments: [(40, false), (130, true)])
    func unread(repetitions: Int, mayBePersonCode: Bool) throws {
        var sheet = Sheet(width: 1_400, height: 1_000)
        _ = try sheet.fill(6, modulePixels: 4) { "LABEL \($0)" }
        let text = String(repeating: "AB", count: repetitions)
        try sheet.draw(text, left: 600, top: 500, modulePixels: 5, isDamaged: true)
        let scan = try scan(sheet)
        #expect(scan.codes.count == 6)
        let unread = try #require(scan.unread.first)
        #expect(scan.unread.count == 1 && unread.mayBePersonCode == mayBePersonCode)
        #expect(abs(unread.corners.upperLeft.x - 600) <= 10 && abs(unread.corners.upperLeft.y - 500) <= 10)
        #expect(scan.unreadPersonCodes.count == (mayBePersonCode ? 1 : 0))
    }

    @Test("is cut into tiles that cover it and overlap", arguments: [(1_601, 900), (4_000, 3_000), (1_080, 12_000)])
    func tiles(width: Int, height: Int) {
        var picture = PixelBuffer()
        picture.resize(width: width, height: height)
        let tiles = Tile.cut(picture, side: 1_600, by: [])
        for corner in [(0, 0), (width - 1, 0), (0, height - 1), (width - 1, height - 1), (width / 2, height / 2)] {
            #expect(
                tiles.contains {
                    ($0.x..<($0.x + $0.width)).contains(corner.0) && ($0.y..<($0.y + $0.height)).contains(corner.1)
                })
        }
        // A code of 400 pixels lies in one tile wherever it is.
        for left in stride(from: 0, through: width - 400, by: 97) {
            #expect(tiles.contains { $0.x <= left && left + 400 <= $0.x + $0.width })
        }
        for top in stride(from: 0, through: height - 400, by: 97) {
            #expect(tiles.contains { $0.y <= top && top + 400 <= $0.y + $0.height })
        }
    }

    @Test("looks first at the tile with the most finder patterns")
    func promising() {
        var picture = PixelBuffer()
        picture.resize(width: 4_800, height: 1_600)
        let patterns = [100.0, 4_700, 4_710, 4_720].map {
            FinderPattern(x: $0, y: 800, module: 3, lineCount: 5, support: 1)
        }
        let tiles = Tile.cut(picture, side: 1_600, by: patterns)
        #expect(tiles.first?.x == 3_200)
    }
}
