import Encoding
import Testing

@Suite("A JSON value")
struct JSONValueTests {
    private func parse(_ text: String, depthMax: Int = 8) throws(JSONError) -> JSONValue {
        try JSONValue.parse(text.utf8, byteCountMax: 4096, depthMax: depthMax)
    }

    @Test("is read as written")
    func reading() throws {
        let text = #" {"a":[1,-2,3.5,1e2],"b":"x\n\u00e9\ud83d\ude00\/","c":{},"d":[],"e":null,"f":true,"g":false} "#
        let value = try parse(text)
        #expect(value["a"] == [1, -2, 3.5, 100.0])
        #expect(value["b"]?.string == "x\né😀/")
        #expect(value["c"] == [:])
        #expect(value["d"]?.array == [])
        #expect(value["e"] == JSONValue.null)
        #expect(value["f"]?.bool == true && value["g"]?.bool == false)
        #expect(value["h"] == nil)
        #expect(try parse("9223372036854775807").integer == .max)
        #expect(try parse("-9223372036854775808").integer == .min)
        #expect(try parse("9223372036854775808") == .number(9223372036854775808))
        #expect(try parse("0") == 0 && parse("-0") == 0)
    }

    @Test(
        "is refused when it is not JSON",
        arguments: [
            ("", JSONError.Code.truncated), ("[", .truncated), ("[1", .truncated), ("{\"a\"", .truncated),
            ("\"a", .truncated), ("tru", .truncated), ("-", .truncated), ("1.", .truncated), ("1e", .truncated),
            ("\"\\u12", .truncated), ("01", .trailingBytes), ("1 2", .trailingBytes), ("[1,]", .unexpectedByte),
            ("{\"a\":1,}", .unexpectedByte), ("{a:1}", .unexpectedByte), ("{1:1}", .unexpectedByte),
            ("+1", .unexpectedByte),
            (".5", .unexpectedByte), ("-x", .unexpectedByte), ("NaN", .unexpectedByte), ("nul1", .unexpectedByte),
            ("'a'", .unexpectedByte), ("\"a\nb\"", .unexpectedByte), ("\u{FEFF}1", .unexpectedByte),
            ("[1 2]", .unexpectedByte), ("{\"a\":1,\"a\":2}", .duplicateKey),
            ("{\"a\":1,\"\\u0061\":2}", .duplicateKey),
            ("\"\\x\"", .invalidEscape), ("\"\\ud800\"", .invalidEscape), ("\"\\udc00\"", .invalidEscape),
            ("\"\\ud800\\u0041\"", .invalidEscape), ("1e400", .numberOutOfRange), ("[[[[[[[[[1]]]]]]]]]", .tooDeep),
        ])
    func refused(text: String, code: JSONError.Code) throws {
        #expect(try #require(throws: JSONError.self) { try parse(text) }.code == code)
    }

    @Test("is refused when it is not UTF-8, or too long")
    func bytes() throws {
        let invalid: [UInt8] = [0x22, 0xC3, 0x28, 0x22]
        #expect(
            try #require(throws: JSONError.self) { try JSONValue.parse(invalid, byteCountMax: 10) }.code == .invalidUTF8
        )
        #expect(try #require(throws: JSONError.self) { try JSONValue.parse(invalid, byteCountMax: 3) }.code == .tooLong)
    }

    @Test("is written on one line, and read back the same")
    func writing() throws {
        let value: JSONValue = ["text": "a\"\\\n\t\u{01}é/", "list": [1, -2.5, true, nil], "empty": [:]]
        let text = value.encoded()
        #expect(text == #"{"text":"a\"\\\n\t\u0001é/","list":[1,-2.5,true,null],"empty":{}}"#)
        #expect(try parse(text) == value)
        #expect(JSONValue.number(.infinity).encoded() == "null")
    }

    @Test(
        "escapes every character that hides or reorders text",
        arguments: [
            ("\u{7F}", #""\u007f""#), ("\u{80}", #""\u0080""#), ("\u{9B}2J", #""\u009b2J""#),
            ("\u{AD}", #""\u00ad""#),
            ("a\u{202E}b", #""a\u202eb""#), ("\u{200B}\u{FEFF}", #""\u200b\ufeff""#), ("\u{2066}", #""\u2066""#),
            ("\u{2028}\u{2029}", #""\u2028\u2029""#),
            ("\u{E0041}", #""\udb40\udc41""#), ("沪\u{1F600}é", "\"沪\u{1F600}é\""),
        ])
    func unseen(text: String, written: String) throws {
        #expect(JSONValue.string(text).encoded() == written)
        #expect(try parse(written) == .string(text))
    }

    @Test("keeps the order of members, and changes them by key")
    func members() {
        var object: JSONObject = ["b": 1, "a": 2]
        object["c"] = 3
        object["b"] = 4
        object["a"] = nil
        #expect(object.members.map(\.key) == ["b", "c"])
        #expect(object["b"] == 4)
    }

    @Test("never crashes on changed bytes")
    func mutations() throws {
        let seed = Array(#"{"a":[1.5e3,"\u00e9\ud83d\ude00"],"b":{"c":null}}"#.utf8)
        for index in seed.indices {
            for value in UInt8.min...UInt8.max {
                var changed = seed
                changed[index] = value
                if let parsed = try? JSONValue.parse(changed, byteCountMax: 4096) {
                    #expect(try JSONValue.parse(parsed.encoded().utf8, byteCountMax: 4096) == parsed)
                }
            }
            #expect(throws: JSONError.self) { try JSONValue.parse(seed[..<index], byteCountMax: 4096) }
        }
    }
}
