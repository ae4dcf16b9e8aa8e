import QREncoding
import Testing

@testable import QRDrawing
@testable import QRReading

@Suite("A symbol's text")
struct PayloadTests {
    /// A segment: its mode, how many characters it counts, and its bits.
    private static func read(_ bits: [(value: Int, width: Int)]) throws -> Payload {
        let stream = bits.flatMap { value, width in (0..<width).map { value >> (width - 1 - $0) & 1 } }
        let data = stride(from: 0, to: stream.count, by: 8).map { first in
            (0..<8).reduce(UInt8(0)) { $0 << 1 | UInt8(first + $1 < stream.count ? stream[first + $1] : 0) }
        }
        var reader = PayloadReader()
        guard case .payload(let payload) = reader.read(data + [0], version: 5) else {
            throw QRError(code: .pictureUnreadable, reason: "no payload", hint: "")
        }
        return payload
    }

    private static func bytes(_ bytes: [UInt8], eci: Int? = nil) -> [(Int, Int)] {
        var bits: [(Int, Int)] = []
        if let eci {
            bits.append((0b0111, 4))
            bits += eci < 128 ? [(eci, 8)] : eci < 16_384 ? [(0b10, 2), (eci, 14)] : [(0b110, 3), (eci, 21)]
        }
        return bits + [(0b0100, 4), (bytes.count, 8)] + bytes.map { (Int($0), 8) }
    }

    @Test("has kanji mode's characters, of both planes")
    func hasKanji() throws {
        // 石 is 0x90ce, 熙 0xeaa4 and 〜 0x8160 in Shift JIS (ISO/IEC 18004 §7.4.6).
        let packed = [(0x90ce, 0x8140), (0xeaa4, 0xc140), (0x8160, 0x8140)].map { code, base in
            (((code - base) >> 8) * 0xc0 + (code - base) & 0xff, 13)
        }
        let payload = try Self.read([(0b1000, 4), (3, 8)] + packed)
        #expect(payload.bytes == [0x90, 0xce, 0xea, 0xa4, 0x81, 0x60])
        #expect(payload.text == "石熙〜")
    }

    @Test(
        "is read in the character set that is announced",
        arguments: [
            (3, [0xe9], "é"), (9, [0xe1], "α"), (20, [0x83, 0x6f, 0x5c, 0x7e], "バ\\~"), (21, [0x9c], "ś"),
            (25, [0x4e, 0x2d], "中"), (26, [0xc3, 0xa9], "é"), (29, [0xd6, 0xd0], "中"), (30, [0xc7, 0xd1], "한"),
            (20, [0x87, 0x40], "①"), (200, [0x41], "A"), (20_000, [0xe9], "é"), (26, [0xe9], "é"),
        ] as [(Int, [UInt8], String)])
    func isReadAsAnnounced(eci: Int, bytes: [UInt8], text: String) throws {
        let payload = try Self.read(Self.bytes([0x3e]) + Self.bytes(bytes, eci: eci) + [(0b0001, 4), (1, 10), (7, 4)])
        #expect(payload.bytes == [0x3e] + bytes + [0x37])
        #expect(payload.text == ">" + text + "7")
    }

    @Test(
        "is UTF-8, ISO/IEC 8859-1 or Shift JIS when nothing is announced, in this order",
        arguments: [
            (Array("Straße 中".utf8), "Straße 中"), ([0x53, 0x74, 0xdf], "Stß"), ([0xc3, 0xde], "ÃÞ"),
            ([0x83, 0x82, 0x83, 0x6f], "モバ"), ([0x80, 0xff], "\u{80}ÿ"),
        ] as [([UInt8], String)])
    func isReadAsTheStandardsSay(bytes: [UInt8], text: String) throws {
        #expect(try Self.read(Self.bytes(bytes)).text == text)
        // An encoder may cut a character in two.
        let (first, second) = (Array(bytes.prefix(1)), Array(bytes.dropFirst()))
        #expect(try Self.read(Self.bytes(first) + Self.bytes(second)).text == text)
    }

    @Test("has the separators of FNC1 in second position, and not its application indicator")
    func hasSeparatorsOfAnApplication() throws {
        let letters = [(10 * 45 + 10, 11), (38 * 45 + 11, 11), (11, 6)]
        #expect(try Self.read([(0b1001, 4), (37, 8), (0b0010, 4), (5, 9)] + letters).text == "AA\u{1d}BB")
    }

    @Test("is the one whose reader says which bytes are kanji, whichever look came first", arguments: [true, false])
    func isOfTheBetterReading(isForeignFirst: Bool) {
        let bytes: [UInt8] = [0xe0, 0x40]
        let runs = [Payload.Run(start: 0, characterSet: .shiftJIS)]
        let readings = [Payload(bytes: bytes), Payload(bytes: bytes, runs: runs)]
        var sight = Sight()
        for payload in isForeignFirst ? readings : readings.reversed() {
            sight.add(Sight(codes: [ScannedCode(payload: payload, corners: nil)]))
        }
        #expect(sight.codes.map(\.text) == ["漾"])
    }

    @Test("has separators for the percent signs of GS1 element strings")
    func hasSeparators() throws {
        // "A%", "B%" and "%C": one separator, and two signs that stand for one.
        let pairs = [10 * 45 + 38, 11 * 45 + 38, 38 * 45 + 12].map { ($0, 11) }
        #expect(try Self.read([(0b0101, 4), (0b0010, 4), (6, 9)] + pairs).text == "A\u{1d}B%C")
        #expect(try Self.read([(0b0010, 4), (6, 9)] + pairs).text == "A%B%%C")
    }
}
