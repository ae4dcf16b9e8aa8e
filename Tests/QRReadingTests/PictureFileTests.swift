import Testing

@testable import QRReading

@Suite("A picture file")
struct PictureFileTests {
    private static let text = "SP1:A TEXT ON A PICTURE OF ANY COLOUR"

    private func sheet(_ dark: Sheet.Colour, _ light: Sheet.Colour, background: Sheet.Colour? = nil) throws -> Sheet {
        var sheet = Sheet(width: 200, height: 200, background ?? light)
        try sheet.draw(Self.text, left: 30, top: 30, modulePixels: 5, dark: dark, light: light)
        return sheet
    }

    private func texts(_ file: [UInt8]) throws -> [String] {
        var scanner = Scanner()
        return try scanner.scan(PictureFile(file)).codes.map(\.text)
    }

    static let pairs: [(Sheet.Colour, Sheet.Colour)] = [
        // Each pair has one luma.
        (Sheet.Colour(red: 255, green: 0, blue: 0), Sheet.Colour(red: 0, green: 130, blue: 0)),
        (Sheet.Colour(red: 0, green: 130, blue: 0), Sheet.Colour(red: 255, green: 0, blue: 0)),
        (Sheet.Colour(red: 0, green: 0, blue: 255), Sheet.Colour(red: 97, green: 0, blue: 0)),
        (Sheet.Colour(red: 200, green: 100, blue: 100), Sheet.Colour(red: 100, green: 145, blue: 130)),
        (Sheet.Colour(red: 120, green: 120, blue: 220), Sheet.Colour(red: 140, green: 130, blue: 90)),
    ]

    @Test("is read where luma shows nothing and colours do", arguments: pairs)
    func colours(dark: Sheet.Colour, light: Sheet.Colour) throws {
        let sheet = try sheet(dark, light)
        #expect(try texts(sheet.png()) == [Self.text])
        #expect(try texts(sheet.jpeg()) == [Self.text])
    }

    static let transparent: [(Sheet.Colour, Sheet.Colour)] = [
        (.white, .clear), (.clear, .white), (.black, .clear), (.clear, .black),
        (Sheet.Colour(red: 255, green: 255, blue: 255, alpha: 40), .clear),
    ]

    @Test("is read on white, on black, and by its transparency alone", arguments: transparent)
    func transparency(dark: Sheet.Colour, light: Sheet.Colour) throws {
        #expect(try texts(sheet(dark, light).png()) == [Self.text])
    }

    @Test("has no further views when it is grey or opaque")
    func noViews() throws {
        var views = try PictureFile(sheet(.black, .white).png()).colourViews()
        #expect(views.next() == nil)
        views = try PictureFile(sheet(.black, .white).jpeg()).colourViews()
        #expect(views.next() == nil)
    }

    static let formats = ["png", "interlaced", "baseline", "progressive"]

    private func file(_ format: String) throws -> [UInt8] {
        // The code is in the upper part, so that a cut file still holds it.
        var sheet = Sheet(width: 220, height: 900)
        try sheet.draw(Self.text, left: 30, top: 30, modulePixels: 5)
        sheet.drawNoise(rows: 250..<900)
        return switch format {
        case "png": sheet.png()
        case "interlaced": sheet.png(isInterlaced: true)
        case "baseline": sheet.jpeg()
        default: sheet.jpeg(isProgressive: true)
        }
    }

    @Test("is used up to where it is cut, and says so", arguments: formats)
    func cut(format: String) throws {
        let whole = try file(format)
        #expect(try PictureFile(whole).isDamaged == false)
        var readCount = 0
        for percent in stride(from: 5, through: 95, by: 5) {
            guard let cut = try? PictureFile(Array(whole[..<(whole.count * percent / 100)])) else { continue }
            #expect(cut.isDamaged, "\(percent) %")
            var scanner = Scanner()
            let scan = scanner.scan(cut)
            #expect(scan.isDamaged && scan.codes.allSatisfy { $0.text == Self.text })
            readCount += scan.codes.count
        }
        #expect(readCount > 3)
    }

    @Test("is used where its data are broken, and says so", arguments: formats)
    func broken(format: String) throws {
        var bytes = try file(format)
        // One bit in the last third, far below the code.
        bytes[bytes.count * 5 / 6] ^= 0x10
        let file = try PictureFile(bytes)
        var scanner = Scanner()
        #expect(scanner.scan(file).codes.map(\.text) == [Self.text])
        // A progressive or baseline JPEG may decode another bit without noticing.
        #expect(file.isDamaged || format == "baseline" || format == "progressive")
    }

    @Test("of JPEG is used when its end is missing or has foreign bytes before a marker")
    func warnings() throws {
        let whole = try file("baseline")
        for bytes in [Array(whole.dropLast(2)), Self.withForeignBytes(whole)] {
            let file = try PictureFile(bytes)
            #expect(file.isDamaged)
            var scanner = Scanner()
            #expect(scanner.scan(file).codes.map(\.text) == [Self.text])
        }
    }

    /// A JPEG file with three bytes between its last table and its data.
    private static func withForeignBytes(_ bytes: [UInt8]) -> [UInt8] {
        let scan = zip(bytes.indices, bytes.indices.dropFirst()).first { bytes[$0] == 0xff && bytes[$1] == 0xda }
        guard let place = scan?.0 else { return bytes }
        return bytes[..<place] + [1, 2, 3] + bytes[place...]
    }
}
