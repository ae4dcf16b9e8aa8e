import Testing

@testable import QRImage

@Suite("Our own decoder")
struct SymbolDecoderTests {
    @Test("reads every version at every level, with damage", arguments: 1...40)
    func readsEveryVersion(version: Int) throws {
        var decoder = SymbolDecoder()
        for level in QRLevel.allCases {
            let layout = BlockLayout(version: version, level: level)
            let dataCount = layout.codewordCount - layout.checkCount * layout.blockCount
            let bytes = (0..<(dataCount - 3)).map { UInt8(truncatingIfNeeded: $0 * 31 + version) | 0x80 }
            let symbol = try QRSymbol.encode(bytes: bytes, level: level)
            #expect(symbol.version == version)
            var modules = symbol.modules.map { $0 == 1 }
            #expect(decoder.decode(modules, version: version) == .payload(Payload(bytes: bytes)))
            modules[SymbolLayout.of(version: version).dataPlaces[40]].toggle()
            #expect(decoder.decode(modules, version: version) == .payload(Payload(bytes: bytes)))
            for place in SymbolLayout.of(version: version).dataPlaces.indices where place % 5 == 0 {
                modules[SymbolLayout.of(version: version).dataPlaces[place]].toggle()
            }
            #expect(decoder.decode(modules, version: version) == .failed)
        }
    }
}
