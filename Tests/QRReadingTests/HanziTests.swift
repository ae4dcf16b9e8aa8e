import QRStandard
import TestSupport
import Testing

@testable import QRReading

@Suite("A symbol in Hanzi mode")
struct HanziTests {
    /// 二维码, the characters at the ends of both ranges, and a full-width comma.
    private static let codes = [0xb6fe, 0xceac, 0xc2eb, 0xa1a1, 0xa9ef, 0xb0a1, 0xf7fe, 0xa3ac]
    private static let text = "二维码\u{3000}╋啊齄，"

    private func scan(_ bits: MadeSymbol.Bits, versionMin: Int = 1) throws -> Scan {
        var scanner = Scanner()
        return scanner.scan(try DrawnSheet.draw([MadeSymbol(bits, versionMin: versionMin)], columns: 1))
    }

    @Test("gives the text, with the bytes in GB 2312, in each of the three widths of its count")
    func isRead() throws {
        for (versionMin, countWidth) in [(1, 8), (10, 10), (27, 12)] {
            let scan = try scan(.hanzi(Self.codes, countWidth: countWidth), versionMin: versionMin)
            #expect(scan.codes.map(\.text) == [Self.text])
            #expect(scan.codes.first?.bytes == Self.codes.flatMap { [UInt8($0 >> 8), UInt8($0 & 0xff)] })
        }
    }

    @Test("is read as others draw it")
    func isReadFromOthers() throws {
        var scanner = Scanner()
        let image = try PictureFile(ProjectFiles.bytes(ProjectFiles.fixtures + "/scans/hanzi.png")).grey
        #expect(scanner.scan(image).codes.map(\.text) == ["书读百遍其义自现"])
    }

    @Test("may hold segments of other modes, with a character set of their own")
    func isMixed() throws {
        var bits = MadeSymbol.Bits.bytes(Array("A:".utf8))
        bits += .hanzi([0xd6d0])
        bits += .digit(7)
        bits += .characterSet(26)
        bits += .bytes(Array("é中".utf8))
        bits += .hanzi([0xb9fa])
        let scan = try scan(bits)
        #expect(scan.codes.map(\.text) == ["A:中7é中国"])
        #expect(scan.codes.first?.bytes == Array("A:".utf8) + [0xd6, 0xd0, 0x37] + Array("é中".utf8) + [0xb9, 0xfa])
    }

    @Test("is refused as of an unknown mode when it names another subset than GB 2312", arguments: [0, 2, 15])
    func isRefusedOfOtherSubset(subset: Int) throws {
        let scan = try scan(.bytes([0x41]) + .hanzi(Self.codes, subset: subset))
        #expect(scan.outcome == .unreadable && scan.hasUnknownMode)
        #expect(scan.codes.isEmpty)
    }

    @Test("is refused when it ends before its count, or a character has bytes that GB 2312 does not have")
    func isRefusedMalformed() throws {
        let short: MadeSymbol.Bits = [(0b1101, 4), (1, 4), (200, 8), (0, 13)]
        #expect(try scan(short).outcome == .unreadable)
        // The second byte would be 0xff or 0x100, or the first 0xfb.
        for packed in [0x5e, 0x5f, 0x0a * 0x60 + 0x5e, 0x55 * 0x60, 0x1fff] {
            let scan = try scan([(0b1101, 4), (1, 4), (1, 8), (packed, 13)])
            #expect(scan.outcome == .unreadable && !scan.hasUnknownMode, "\(packed)")
        }
        // All others have a text of one character.
        for packed in 0..<(0x55 * 0x60) where packed % 0x60 < 0x5e {
            let code = try #require(PackedCharacter.hanzi(packed))
            let bytes = [UInt8(code >> 8), UInt8(code & 0xff)]
            #expect(CharacterSet.gb18030.text(bytes)?.unicodeScalars.count == 1, "\(bytes)")
        }
    }

    @Test("is no text to the other reader, also not the segments before the Hanzi")
    func isNoTextToZBar() throws {
        for bits in [
            MadeSymbol.Bits.hanzi(Self.codes), .bytes(Array("BEFORE".utf8)) + .hanzi(Self.codes),
            .digit(1) + .hanzi(Self.codes, subset: 2),
        ] {
            var (pixels, sight) = (PixelBuffer(), Sight())
            pixels.load(try DrawnSheet.draw([MadeSymbol(bits)], columns: 1))
            ZBarPass.read(pixels, into: &sight)
            #expect(sight.codes.isEmpty)
        }
    }
}
