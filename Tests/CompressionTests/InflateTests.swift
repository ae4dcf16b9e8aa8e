import Testing

@testable import Compression

@Suite("An inflated stream")
struct InflateTests {
    private static let text: [UInt8] = (0..<200_000).map { UInt8(truncatingIfNeeded: $0 &* $0 >> 7) }

    @Test("gives back what was packed, whole and in single bytes")
    func roundTrip() throws {
        let packed = try Deflate.all(Self.text)
        #expect(try Inflate.all(packed, byteCountMax: Self.text.count) == Self.text)
        var stream = try Inflate(byteCountMax: Self.text.count)
        var output: [UInt8] = []
        for index in packed.indices {
            let used = try stream.append(packed[index...index]) { (piece) throws(InflateError) in output += piece }
            #expect(used == 1)
        }
        let isFinished = stream.isFinished
        let producedByteCount = stream.producedByteCount
        #expect(isFinished)
        #expect(producedByteCount == Self.text.count)
        #expect(output == Self.text)
    }

    @Test("of nothing is nothing")
    func empty() throws {
        #expect(try Inflate.all(try Deflate.all([]), byteCountMax: 0) == [])
    }

    @Test("stops at the limit")
    func bomb() throws {
        let packed = try Deflate.all([UInt8](repeating: 0, count: 8 << 20))
        #expect(packed.count < 16 << 10)
        let error = #expect(throws: InflateError.self) { try Inflate.all(packed, byteCountMax: 4096) }
        #expect(error?.code == .tooLarge)
    }

    @Test("one byte over the limit is too large, the limit itself is not")
    func limit() throws {
        let packed = try Deflate.all([1, 2, 3, 4])
        #expect(try Inflate.all(packed, byteCountMax: 4) == [1, 2, 3, 4])
        #expect(throws: InflateError.self) { try Inflate.all(packed, byteCountMax: 3) }
    }

    @Test("cut anywhere is refused")
    func truncated() throws {
        let packed = try Deflate.all(Array("a status list, a status list, a status list".utf8))
        for length in packed.indices {
            #expect(throws: InflateError.self) { try Inflate.all(Array(packed[..<length]), byteCountMax: 4096) }
        }
    }

    @Test("with bytes after its end is refused")
    func trailing() throws {
        let error = #expect(throws: InflateError.self) {
            try Inflate.all(try Deflate.all([9, 9]) + [0], byteCountMax: 4096)
        }
        #expect(error?.code == .trailingBytes)
    }
}
