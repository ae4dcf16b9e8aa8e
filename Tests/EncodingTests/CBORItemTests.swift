import Encoding
import TestSupport
import Testing

@Suite("A CBOR tree")
struct CBORItemTests {
    private static let appendixPath = ProjectFiles.shared + "/vectors/cbor/appendix_a.json"

    /// What deterministic decoding refuses of RFC 8949's appendix A, by the vector's own bytes.
    private static func refusal(_ hex: String) -> CBORError.Code? {
        if ["5f", "7f", "9f", "bf"].contains(where: hex.hasPrefix) { return .indefiniteLength }
        if ["f9", "fa", "fb"].contains(where: hex.hasPrefix) { return .floatRefused }
        if hex == "f7" || hex == "f0" || hex == "f8ff" { return .simpleRefused }
        // 1(1363896240.5): a float below a tag.
        if hex.hasPrefix("c1fb") { return .floatRefused }
        // Arrays and maps of indefinite length inside definite ones.
        if ["83018202039f0405ff", "83019f0203ff820405", "826161bf61626163ff"].contains(hex) {
            return .indefiniteLength
        }
        return nil
    }

    @Test(
        "takes RFC 8949 appendix A as far as deterministic decoding allows",
        .enabled(if: ProjectFiles.exists(appendixPath), "no vectors beside the project"))
    func appendixA() throws {
        let vectors = try #require(
            JSONValue.parse(try ProjectFiles.bytes(Self.appendixPath), byteCountMax: 1 << 20).array)
        var takenCount = 0
        var refusals: [CBORError.Code: Int] = [:]
        for vector in vectors {
            let hex = try #require(vector["hex"]?.string)
            let bytes = try Hex.decode(hex)
            // All are well-formed but simple(24), which RFC 8949 §3.3 took back.
            guard hex != "f818" else {
                for rules: CBORRules in [.lenient, .deterministic] {
                    #expect(throws: CBORError.self) {
                        try CBORItem.decode(bytes[...], rules: rules, byteCountMax: 4096, depthMax: 8)
                    }
                }
                refusals[.simpleRefused, default: 0] += 1
                continue
            }
            let lenient = try CBORItem.decode(bytes[...], rules: .lenient, byteCountMax: 4096, depthMax: 8)
            if let expected = Self.refusal(hex) {
                let error = #expect(throws: CBORError.self, "\(hex)") {
                    try CBORItem.decode(bytes[...], rules: .deterministic, byteCountMax: 4096, depthMax: 8)
                }
                #expect(error?.code == expected, "\(hex)")
                refusals[expected, default: 0] += 1
            } else {
                let item = try CBORItem.decode(bytes[...], rules: .deterministic, byteCountMax: 4096, depthMax: 8)
                #expect(item.encoded() == bytes, "\(hex) comes back byte for byte")
                #expect(item == lenient, "\(hex)")
                takenCount += 1
            }
            if vector["roundtrip"]?.bool == true, !Self.isWideFloat(hex) {
                #expect(lenient.encoded() == bytes, "\(hex)")
            }
        }
        #expect(takenCount + refusals.values.reduce(0, +) == vectors.count)
        #expect(takenCount > 40 && refusals.count == 3)
        let refused = refusals.map { "\($0.value) \($0.key.rawValue)" }.sorted().joined(separator: ", ")
        print("cbor appendix A: \(vectors.count) vectors, \(takenCount) taken and written back, refused: \(refused)")
    }

    /// Infinity and NaN in more bytes than they need: well-formed, and shorter when written by us.
    private static func isWideFloat(_ hex: String) -> Bool {
        ["fa7f800000", "fa7fc00000", "faff800000"].contains(hex) || hex.hasPrefix("fb7ff") || hex.hasPrefix("fbfff")
    }

    @Test("is lenient with others' codes, within bounds")
    func lenient() throws {
        func decode(_ hex: String) throws -> CBORItem {
            try CBORItem.decode(Hex.decode(hex)[...], rules: .lenient, byteCountMax: 64, depthMax: 4)
        }
        #expect(try decode("1817") == .unsigned(23))
        #expect(try decode("bf0100ff").map?[integer: 1] == .unsigned(0))
        #expect(try decode("a201000000").map?.entries.count == 2)
        #expect(try decode("5f4101420203ff") == .byteString([1, 2, 3]))
        #expect(try decode("7f6161ff") == .text("a"))
        let refused: [(String, CBORError.Code)] = [
            ("a200000000", CBORError.Code.duplicateKey), ("bf00000000ff", .duplicateKey),
            ("a20000180000", .duplicateKey),
            ("9f9f9f9f9fffffffff", .tooDeep), ("9f", .truncated), ("5f6161ff", .unexpectedType),
            ("5f5f4100ffff", .unexpectedType), ("7f61ffff", .invalidUTF8), ("a1ff00", .reservedHead),
            ("1fff", .reservedHead), ("0000", .trailingBytes),
        ]
        for (hex, code) in refused {
            #expect(try #require(throws: CBORError.self, "\(hex)") { try decode(hex) }.code == code, "\(hex)")
        }
        let long = [UInt8](repeating: 0, count: 65)
        #expect(
            try #require(throws: CBORError.self) {
                try CBORItem.decode(long[...], rules: .lenient, byteCountMax: 64, depthMax: 4)
            }.code == .tooLong)
    }

    @Test("sorts keys and shortens floats when written")
    func writing() throws {
        let map = CBORItem.map(
            CBORMap([
                .init(key: .text("b"), value: .float(1.5)), .init(key: .integer(-1), value: .float(100_000)),
                .init(key: .integer(10), value: .float(1.1)),
            ]))
        #expect(Hex.encode(map.encoded()) == "a30afb3ff199999999999a20fa47c350006162f93e00")
    }

    @Test("never crashes on changed bytes, and what it takes it writes back")
    func mutations() throws {
        let seed = try Hex.decode("d2845828a301260448aabbccdd1122334410624142a10142cafe4a9f01020304050607ff00f541f6")
        for index in seed.indices {
            for value in UInt8.min...UInt8.max {
                var changed = seed
                changed[index] = value
                if let item = try? CBORItem.decode(
                    changed[...], rules: .deterministic, byteCountMax: 4096, depthMax: 8)
                {
                    #expect(item.encoded() == changed)
                }
                _ = try? CBORItem.decode(changed[...], rules: .lenient, byteCountMax: 4096, depthMax: 8)
            }
            #expect(throws: CBORError.self) {
                try CBORItem.decode(seed[..<index], rules: .deterministic, byteCountMax: 4096, depthMax: 8)
            }
        }
    }
}
