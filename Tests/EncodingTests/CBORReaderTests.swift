import Encoding
import Testing

/// Bytes that deterministic CBOR has no place for, and what is said of them.
struct RefusedCBOR: CustomTestStringConvertible {
    let hex: String
    let code: CBORError.Code
    var testDescription: String { "\(hex) is \(code.rawValue)" }

    private static let table: [(String, CBORError.Code)] = [
        ("", .truncated), ("18", .truncated), ("19 00", .truncated), ("42 00", .truncated), ("81", .truncated),
        ("a1 00", .truncated), ("9b ffffffffffffffff", .truncated), ("5b ffffffffffffffff", .truncated),
        ("00 00", .trailingBytes), ("18 17", .notMinimal), ("19 00ff", .notMinimal), ("1a 0000ffff", .notMinimal),
        ("1b 00000000ffffffff", .notMinimal), ("58 01 00", .notMinimal), ("98 01 00", .notMinimal),
        ("b8 01 00 00", .notMinimal), ("d8 17 00", .notMinimal), ("f8 14", .notMinimal),
        ("5f 41 00 ff", .indefiniteLength), ("7f 61 61 ff", .indefiniteLength), ("9f ff", .indefiniteLength),
        ("bf ff", .indefiniteLength), ("ff", .indefiniteLength), ("1c", .reservedHead), ("1d", .reservedHead),
        ("fe", .reservedHead), ("a2 01 00 00 00", .unsortedKeys), ("a2 20 00 00 00", .unsortedKeys),
        ("a2 00 00 00 00", .duplicateKey), ("a2 61 61 00 61 61 00", .duplicateKey),
        ("a2 62 61 61 00 61 62 00", .unsortedKeys), ("f9 3c00", .floatRefused), ("fa 3f800000", .floatRefused),
        ("fb 3ff0000000000000", .floatRefused), ("f7", .simpleRefused), ("f0", .simpleRefused),
        ("f8 ff", .simpleRefused), ("62 c3 28", .invalidUTF8), ("61 ff", .invalidUTF8),
        ("63 ed a0 80", .invalidUTF8), ("81 81 81 81 81 81 81 81 00", .tooDeep),
        ("c1 c1 c1 c1 c1 c1 c1 c1 00", .tooDeep),
    ]

    static let all = table.map { RefusedCBOR(hex: $0.0, code: $0.1) }
}

@Suite("A deterministic CBOR reader")
struct CBORReaderTests {
    @Test("refuses, and says why", arguments: RefusedCBOR.all)
    func refuses(_ vector: RefusedCBOR) throws {
        let bytes = try Hex.decode(vector.hex.filter { $0 != " " })
        let error = #expect(throws: CBORError.self) {
            var reader = try CBORReader(bytes)
            _ = try reader.readEncodedItem()
            try reader.finish()
        }
        #expect(error?.code == vector.code)
        let treeError = #expect(throws: CBORError.self) {
            try CBORItem.decode(bytes[...], rules: .deterministic, byteCountMax: 4096, depthMax: 8)
        }
        #expect(treeError?.code == vector.code, "the tree says the same")
    }

    @Test("refuses more bytes than the limit before it reads any")
    func limit() throws {
        let bytes = [UInt8](repeating: 0, count: 4097)
        #expect(try #require(throws: CBORError.self) { try CBORReader(bytes) }.code == .tooLong)
        _ = try CBORReader(bytes, byteCountMax: 4097)
    }

    @Test("pulls every type in turn")
    func pull() throws {
        var writer = CBORWriter()
        writer.tag(18)
        writer.array(count: 6)
        writer.unsigned(.max)
        writer.integer(.min)
        writer.byteString([1, 2])
        writer.text("随申码")
        writer.null()
        writer.map(count: 3)
        for key: Int64 in [1, -1, -65537] {
            writer.integer(key)
            writer.unsigned(0)
        }
        var reader = try CBORReader(writer.bytes)
        #expect(reader.nextMajorType == .tag)
        #expect(try reader.readTag() == 18)
        #expect(try reader.readArrayHeader() == 6)
        #expect(try reader.readUnsigned() == .max)
        #expect(try reader.readInteger() == .min)
        #expect(try reader.readByteString().elementsEqual([1, 2]))
        #expect(!reader.isNextNull())
        #expect(try reader.readText() == "随申码")
        #expect(reader.isNextNull())
        try reader.readNull()
        #expect(try reader.readMapHeader() == 3)
        var key: Int64?
        var keys: [Int64] = []
        for _ in 0..<3 {
            let next = try reader.readIntegerKey(after: key)
            keys.append(next)
            key = next
            _ = try reader.readUnsigned()
        }
        #expect(keys == [1, -1, -65537])
        try reader.finish()
        #expect(reader.nextMajorType == nil)
    }

    @Test(
        "keeps integer keys in the order of their encoding",
        arguments: [
            (0, 0, CBORError.Code.duplicateKey), (-1, -1, .duplicateKey), (1, 0, .unsortedKeys), (-1, 0, .unsortedKeys),
            (-2, -1, .unsortedKeys),
        ])
    func keyOrder(first: Int64, second: Int64, code: CBORError.Code) throws {
        var writer = CBORWriter()
        writer.integer(first)
        writer.integer(second)
        var reader = try CBORReader(writer.bytes)
        let previous = try reader.readIntegerKey(after: nil)
        #expect(try #require(throws: CBORError.self) { try reader.readIntegerKey(after: previous) }.code == code)
    }

    @Test("names a type it did not expect, and an integer it cannot hold")
    func wrongType() throws {
        var reader = try CBORReader([0x01])
        #expect(try #require(throws: CBORError.self) { try reader.readText() }.code == .unexpectedType)
        var large = try CBORReader(Hex.decode("1bffffffffffffffff"))
        #expect(try #require(throws: CBORError.self) { try large.readInteger() }.code == .integerOutOfRange)
        var small = try CBORReader(Hex.decode("3bffffffffffffffff"))
        #expect(try #require(throws: CBORError.self) { try small.readInteger() }.code == .integerOutOfRange)
    }

    @Test("reads slices that do not begin at zero")
    func slices() throws {
        let bytes: [UInt8] = [9, 9, 0x82, 0x01, 0x41, 0x07, 9]
        var reader = try CBORReader(bytes[2..<6])
        #expect(try reader.readEncodedItem() == bytes[2..<6])
        try reader.finish()
    }
}
