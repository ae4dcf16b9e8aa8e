import Testing

@testable import QRDrawing
@testable import QRReading
@testable import QRStandard

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

    @Test(
        "reads past more damage than it corrects where it is told which modules are unsure",
        arguments: [2, 7, 14, 27, 40])
    func readsPastUnsureModules(version: Int) throws {
        var decoder = SymbolDecoder()
        let layout = SymbolLayout.of(version: version)
        let blocks = BlockLayout(version: version, level: .quartile)
        let bytes = [UInt8](repeating: 0x83, count: blocks.codewordCount - blocks.checkCount * blocks.blockCount - 3)
        var modules = try QRSymbol.encode(bytes: bytes, level: .quartile).modules.map { $0 == 1 }
        let sure = [Double](repeating: 9, count: modules.count)
        var certainties = sure
        for index in 0..<blocks.blockCount {
            let count = blocks.codewordCount(ofBlock: index)
            for place in (count - blocks.checkCount + 4)..<count {
                let module = layout.dataPlaces[blocks.codeword(place, ofBlock: index) * 8 + place % 8]
                modules[module].toggle()
                certainties[module] = 1
            }
        }
        #expect(decoder.decode(modules, version: version) == .failed)
        #expect(decoder.decode(modules, version: version, moduleCertainties: sure) == .failed)
        let payload = SymbolDecoder.Answer.payload(Payload(bytes: bytes))
        #expect(decoder.decode(modules, version: version, moduleCertainties: certainties) == payload)
        // With one more, the checks that are kept back would be used.
        modules[layout.dataPlaces[0]].toggle()
        #expect(decoder.decode(modules, version: version, moduleCertainties: certainties) == .failed)
    }
}
