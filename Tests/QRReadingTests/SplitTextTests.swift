import Testing

@testable import QRReading

@Suite("A text that is split over several codes")
struct SplitTextTests {
    /// The parts of a text, each with its share of the bytes.
    private func parts(
        _ bytes: [UInt8], count: Int, parity: UInt8? = nil, versionMin: Int = 1
    ) -> [MadeSymbol] {
        let sum = parity ?? bytes.reduce(0, ^)
        return (0..<count).map { index in
            let share = Array(bytes[(bytes.count * index / count)..<(bytes.count * (index + 1) / count)])
            let countWidth = versionMin > 9 ? 16 : 8
            let bits = MadeSymbol.Bits.partHeader(index, of: count, parity: sum) + .bytes(share, countWidth: countWidth)
            return MadeSymbol(bits, versionMin: versionMin)
        }
    }

    private func scan(_ symbols: [MadeSymbol], columns: Int = 3) throws -> Scan {
        var scanner = Scanner()
        return scanner.scan(try DrawnSheet.draw(symbols, columns: columns))
    }

    @Test("is joined in the order of its parts, wherever they are, though a character is cut in two")
    func isJoined() throws {
        let text = "分成三份的文本 é"
        let symbols = parts(Array(text.utf8), count: 3)
        for order in [[0, 1, 2], [2, 0, 1], [1, 2, 0], [0, 2, 1, 1, 0]] {
            let scan = try scan(order.map { symbols[$0] })
            #expect(scan.outcome == .structuredAppend && scan.codes.isEmpty, "a gate refuses the text")
            #expect(try scan.splitTexts.map { try $0.payload.get().text } == [text])
            #expect(scan.splitTexts.first?.parts.map(\.symbol.header.index) == [0, 1, 2])
            // The first part is where it was drawn.
            let corners = try #require(scan.splitTexts.first?.parts.first?.corners)
            let place = try #require(order.firstIndex(of: 0))
            let cell = (symbols[0].size + 8) * 4
            let (left, right) = (place % 3 * cell, (place % 3 + 1) * cell)
            #expect((left..<right).contains(corners.upperLeft.x) || order.count > 3)
        }
    }

    @Test("is joined from sixteen parts that are turned and in no order")
    func isJoinedFromSixteen() throws {
        let bytes = (0..<2_000).map { UInt8(truncatingIfNeeded: $0 &* 37 &+ $0 / 256) }
        let symbols = parts(bytes, count: 16, versionMin: 9)
        let order = (0..<16).map { $0 * 7 % 16 }
        let sheet = try DrawnSheet.draw(order.map { symbols[$0] }, columns: 4, modulePixels: 3) { Double($0 * 23) }
        var scanner = Scanner()
        let scan = scanner.scan(sheet)
        #expect(try scan.splitTexts.map { try $0.payload.get().bytes } == [bytes])
    }

    @Test("is refused while parts are missing, and names them")
    func namesMissingParts() throws {
        let symbols = parts(Array("PARTS THAT ARE MISSING".utf8), count: 4)
        for missing in [[1], [0, 3], [0, 1, 2]] {
            let scan = try scan((0..<4).filter { !missing.contains($0) }.map { symbols[$0] })
            #expect(scan.splitTexts.map(\.payload) == [.failure(.missing(missing))])
            #expect(scan.splitTexts.first?.count == 4)
        }
    }

    @Test("is refused when its parity is not that of its bytes")
    func isRefusedWithOtherParity() throws {
        let bytes = Array("PARITY".utf8)
        let scan = try scan(parts(bytes, count: 2, parity: 0x55))
        #expect(scan.splitTexts.map(\.payload) == [.failure(.wrongParity(bytes.reduce(0, ^)))])
    }

    @Test("is refused when two codes with different bytes are the same part")
    func isRefusedWhenContradictory() throws {
        let bytes = Array("ONE OF TWO".utf8)
        let other = Array("ONE OF OWT".utf8)
        let symbols = parts(bytes, count: 2) + parts(other, count: 2).suffix(1)
        #expect(try scan(symbols).splitTexts.map(\.payload) == [.failure(.contradictory(1))])
        #expect(try scan(symbols.dropLast()).splitTexts.map { try $0.payload.get().bytes } == [bytes])
    }

    @Test("is told from another one by its parity and its number of parts")
    func isToldFromAnother() throws {
        let (first, second) = (Array("FIRST".utf8), Array("SECOND!".utf8))
        let (one, two) = (parts(first, count: 2), parts(second, count: 2))
        let whole = try scan([one[1], two[0], two[1], one[0]])
        #expect(try Set(whole.splitTexts.map { try $0.payload.get().bytes }) == [first, second])
        let three = parts(first, count: 3)
        let mixed = try scan([one[0], three[1]])
        #expect(Set(mixed.splitTexts.map(\.count)) == [2, 3])
        for split in mixed.splitTexts {
            #expect(split.payload == .failure(.missing(split.count == 2 ? [1] : [0, 2])))
        }
    }

    @Test("stands beside a code of its own")
    func standsBesideACode() throws {
        let symbols = parts(Array("IN TWO PARTS".utf8), count: 2)
        let scan = try scan([symbols[0], MadeSymbol(.bytes(Array("ALONE".utf8))), symbols[1]])
        #expect(scan.codes.map(\.text) == ["ALONE"])
        #expect(try scan.splitTexts.map { try $0.payload.get().text } == ["IN TWO PARTS"])
    }

    @Test("keeps a character set that one part declares, until another is declared")
    func keepsCharacterSet() throws {
        let bytes: [UInt8] = [0xe1, 0xe2, 0xd6, 0xd0, 0xe3]
        let sum = bytes.reduce(0, ^)
        // ISO/IEC 8859-7, Hanzi between, then the same set again.
        let first = MadeSymbol(.partHeader(0, of: 3, parity: sum) + .characterSet(9) + .bytes([0xe1]))
        let second = MadeSymbol(.partHeader(1, of: 3, parity: sum) + .bytes([0xe2]) + .hanzi([0xd6d0]))
        let third = MadeSymbol(.partHeader(2, of: 3, parity: sum) + .bytes([0xe3]))
        #expect(try scan([third, first, second]).splitTexts.map { try $0.payload.get().text } == ["αβ中γ"])
    }

    @Test("is not joined from a symbol whose header is out of range, is not first, is there twice, or has no text")
    func isNotJoinedByWrongHeader() throws {
        let header = MadeSymbol.Bits.partHeader(0, of: 2, parity: 0)
        let wrong: [MadeSymbol.Bits] = [
            .partHeader(2, of: 2, parity: 0) + .bytes([0x41]), .bytes([0x41]) + header + .bytes([0x42]),
            header + header + .bytes([0x41]), header,
        ]
        for bits in wrong {
            let scan = try scan([MadeSymbol(bits)], columns: 1)
            // zbar takes any header for one.
            #expect(scan.outcome == .structuredAppend && scan.splitTexts.isEmpty && scan.codes.isEmpty)
        }
    }
}
