import QRDrawing
import QREncoding
import QRStandard
import Testing

@testable import QRReading

@Suite("A symbol made without a library")
struct SymbolEncoderTests {
    /// Full, one less, and the first length that the version before does not hold.
    private static func byteCounts(_ content: SymbolContent, version: Int, level: QRLevel) -> Set<Int> {
        guard let full = content.byteCountMax(version: version, level: level) else { return [] }
        let before = version == 1 ? nil : content.byteCountMax(version: version - 1, level: level)
        return Set([full, full - 1, before.map { $0 + 1 }].compactMap { $0 }).filter { $0 > 0 && $0 <= full }
    }

    @Test("is libqrencode's, module for module, in every version and level and mode", arguments: 1...40)
    func isTheLibrarys(version: Int) throws {
        var mask = version
        for level in QRLevel.allCases {
            for content in SymbolContent.allCases {
                for byteCount in Self.byteCounts(content, version: version, level: level) {
                    mask = (mask + 1) % MaskPattern.count
                    let payload = content.payload(byteCount: byteCount)
                    let segments = content.segments(payload)
                    let symbol = try SymbolEncoder.encode(segments, level: level, mask: mask)
                    let what = "version \(version) \(level) \(content) \(byteCount) bytes, mask \(mask)"
                    #expect(symbol.version == version, "\(what)")
                    #expect(segments.count == (content == .address ? 2 : 1), "\(what)")
                    let isSame = symbol == LibrarySymbol.encode(segments, level: level, mask: mask)
                    #expect(isSame, "\(what)")
                    var decoder = SymbolDecoder()
                    let answer = decoder.decode(symbol.modules.map { $0 == 1 }, version: version)
                    #expect(answer == .payload(Payload(bytes: payload, runs: [])), "\(what)")
                }
            }
        }
    }

    @Test("is libqrencode's under every mask, and in a larger version than it needs", arguments: 1...20)
    func isTheLibrarysMasked(version: Int) throws {
        let contents = SymbolContent.allCases
        for (place, level) in QRLevel.allCases.enumerated() {
            let content = contents[(version + place) % contents.count]
            let byteCount = content.byteCountMax(version: max(1, version / 2 + 1), level: .high) ?? 40
            let segments = content.segments(content.payload(byteCount: max(1, byteCount / 2)))
            for mask in 0..<MaskPattern.count {
                let symbol = try SymbolEncoder.encode(segments, level: level, mask: mask, versionMin: version)
                let library = LibrarySymbol.encode(segments, level: level, mask: mask, versionMin: version)
                #expect(symbol.version >= version)
                let isSame = symbol == library
                #expect(isSame, "version \(version) \(level) \(content) mask \(mask)")
            }
        }
    }

    @Test("has the mask, and all else, of the symbol that `suishen` draws", arguments: QRLevel.allCases)
    func isTheDrawnOne(level: QRLevel) throws {
        for byteCount in [1, 17, 60, 150, 204, 276, 400] {
            for content in SymbolContent.allCases where content != .bytes {
                let text = String(decoding: content.payload(byteCount: max(byteCount, 40)), as: UTF8.self)
                #expect(try SymbolEncoder.encode(text, level: level) == QRSymbol.encode(text, level: level))
            }
            let text = String(repeating: "码é", count: byteCount / 4 + 1)
            #expect(try SymbolEncoder.encode(text, level: level) == QRSymbol.encode(text, level: level))
        }
    }

    @Test("is refused as the library's is: empty, too long, another mask")
    func isRefused() throws {
        for level in QRLevel.allCases {
            for content in SymbolContent.allCases {
                let byteCount = try #require(content.byteCountMax(version: 40, level: level)) + 1
                let segments = content.segments(content.payload(byteCount: byteCount))
                #expect(LibrarySymbol.encode(segments, level: level, mask: 0) == nil)
                let error = try #require(throws: QRError.self) { try SymbolEncoder.encode(segments, level: level) }
                #expect(error == .textTooLong(byteCount, level: level))
            }
        }
        #expect(throws: QRError.emptyText) { try SymbolEncoder.encode("") }
        #expect(throws: QRError.emptyText) { try QRSymbol.encode("") }
        for mask in [-1, 8] {
            #expect(throws: QRError.maskOutOfRange(mask)) { try SymbolEncoder.encode("A", mask: mask) }
            #expect(throws: QRError.maskOutOfRange(mask)) { try QRSymbol.encode("A", mask: mask) }
        }
        let letters = String(repeating: "A", count: 4_297)
        #expect(throws: QRError.textTooLong(4_297, level: .low)) { try SymbolEncoder.encode(letters, level: .low) }
        #expect(throws: QRError.textTooLong(4_297, level: .low)) { try QRSymbol.encode(letters, level: .low) }
    }

    @Test("takes only what a mode can hold")
    func modes() {
        #expect(SymbolSegment(Array("12A".utf8)[...], mode: .numeric) == nil)
        #expect(SymbolSegment(Array("12a".utf8)[...], mode: .alphanumeric) == nil)
        #expect(SymbolSegment([0x88, 0x9f], mode: .kanji) == nil)
        #expect(SymbolSegment([0xff], mode: .bytes) != nil)
    }
}
