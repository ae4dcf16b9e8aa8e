import Encoding
import TestSupport
import Testing

@Suite("A text encoding")
struct TextEncodingTests {
    @Test(
        "follows RFC 9285 for Base45",
        arguments: [
            ("AB", "BB8"), ("Hello!!", "%69 VD92EX0"), ("base-45", "UJCLQE7W581"), ("ietf!", "QED8WEX0"), ("", ""),
        ])
    func base45(plain: String, encoded: String) throws {
        #expect(Base45.encode(plain.utf8) == encoded)
        #expect(try Base45.decode(encoded) == Array(plain.utf8))
    }

    @Test(
        "refuses what Base45 has no bytes for",
        arguments: [
            ("A", TextDecodingError.Code.invalidLength), ("AAAA", .invalidLength), ("GGW", .valueTooLarge),
            (":::", .valueTooLarge), ("::", .valueTooLarge), ("V5", .valueTooLarge), ("bb8", .invalidCharacter),
            ("AB\n", .invalidCharacter), ("AB_", .invalidCharacter), ("码", .invalidCharacter),
        ])
    func base45Refused(text: String, code: TextDecodingError.Code) throws {
        #expect(try #require(throws: TextDecodingError.self) { try Base45.decode(text) }.code == code)
    }

    @Test("takes the largest values of Base45")
    func base45Largest() throws {
        #expect(try Base45.decode("FGW") == [0xFF, 0xFF])
        #expect(try Base45.decode("U5") == [0xFF])
    }

    @Test(
        "follows RFC 4648 section 10 for Base32, without padding",
        arguments: [
            ("", ""), ("f", "MY"), ("fo", "MZXQ"), ("foo", "MZXW6"), ("foob", "MZXW6YQ"), ("fooba", "MZXW6YTB"),
            ("foobar", "MZXW6YTBOI"),
        ])
    func base32(plain: String, encoded: String) throws {
        #expect(Base32.encode(plain.utf8) == encoded)
        #expect(try Base32.decode(encoded) == Array(plain.utf8))
        #expect(try Base32.decode(encoded.lowercased()) == Array(plain.utf8))
    }

    @Test(
        "refuses what Base32 has no bytes for",
        arguments: [
            ("M", TextDecodingError.Code.invalidLength), ("MZX", .invalidLength), ("MZXW6Y", .invalidLength),
            ("MZ", .nonZeroPadding), ("MY======", .invalidCharacter), ("M1", .invalidCharacter),
            ("M8", .invalidCharacter),
        ])
    func base32Refused(text: String, code: TextDecodingError.Code) throws {
        #expect(try #require(throws: TextDecodingError.self) { try Base32.decode(text) }.code == code)
    }

    @Test(
        "follows RFC 4648 section 10 for Base64",
        arguments: [
            ("", ""), ("f", "Zg=="), ("fo", "Zm8="), ("foo", "Zm9v"), ("foob", "Zm9vYg=="), ("fooba", "Zm9vYmE="),
            ("foobar", "Zm9vYmFy"), ("\u{3FF}>?", "z78+Pw=="),
        ])
    func base64(plain: String, encoded: String) throws {
        #expect(Base64.encode(plain.utf8) == encoded)
        #expect(try Base64.decode(encoded) == Array(plain.utf8))
        let url = encoded.filter { $0 != "=" }.replacing("+", with: "-").replacing("/", with: "_")
        #expect(try Base64.decodeURL(url) == Array(plain.utf8))
    }

    @Test(
        "refuses what Base64 has no bytes for",
        arguments: [
            ("Zg", TextDecodingError.Code.invalidLength), ("Zg=", .invalidLength), ("Z===", .invalidCharacter),
            ("Zh==", .nonZeroPadding), ("Zm9=", .nonZeroPadding), ("Zm9-", .invalidCharacter),
            ("====", .invalidCharacter),
            ("Zg==Zg==", .invalidCharacter),
        ])
    func base64Refused(text: String, code: TextDecodingError.Code) throws {
        #expect(try #require(throws: TextDecodingError.self) { try Base64.decode(text) }.code == code)
    }

    @Test("writes hex in lower case and reads both")
    func hex() throws {
        #expect(Hex.encode([0x00, 0xAB, 0xFF]) == "00abff")
        #expect(try Hex.decode("00ABff") == [0x00, 0xAB, 0xFF])
        #expect(try #require(throws: TextDecodingError.self) { try Hex.decode("0") }.code == .invalidLength)
        #expect(try #require(throws: TextDecodingError.self) { try Hex.decode("0g") }.code == .invalidCharacter)
    }

    @Test("gives back every length of bytes", arguments: 0...70)
    func roundTrip(count: Int) throws {
        let bytes = (0..<count).map { UInt8(truncatingIfNeeded: $0 &* 151 &+ count) }
        #expect(try Base45.decode(Base45.encode(bytes)) == bytes)
        #expect(try Base32.decode(Base32.encode(bytes)) == bytes)
        #expect(try Base64.decode(Base64.encode(bytes)) == bytes)
        #expect(try Hex.decode(Hex.encode(bytes)) == bytes)
    }

    @Test("takes only one text for any bytes")
    func canonical() throws {
        let text = Array(Base45.encode([1, 2, 3, 4, 5]).utf8)
        for index in text.indices {
            for value in UInt8.min...UInt8.max where value != text[index] {
                var changed = text
                changed[index] = value
                if let bytes = try? Base45.decode(utf8: changed[...]) {
                    #expect(Array(Base45.encode(bytes).utf8) == changed)
                }
            }
        }
    }
}
