/// Reads one JSON text, byte by byte.
struct JSONParser {
    private let bytes: [UInt8]
    private let depthMax: Int
    private var position = 0

    init(_ bytes: [UInt8], depthMax: Int) {
        self.bytes = bytes
        self.depthMax = depthMax
    }

    mutating func parse() throws(JSONError) -> JSONValue {
        let value = try readValue(depthLeft: depthMax)
        skipSpace()
        guard position == bytes.count else {
            throw JSONError(code: .trailingBytes, reason: "\(bytes.count - position) bytes follow the end of the value")
        }
        return value
    }

    private mutating func readValue(depthLeft: Int) throws(JSONError) -> JSONValue {
        skipSpace()
        switch try peek() {
        case UInt8(ascii: "{"):
            return .object(try readObject(depthLeft: try deeper(depthLeft)))
        case UInt8(ascii: "["):
            return .array(try readArray(depthLeft: try deeper(depthLeft)))
        case UInt8(ascii: "\""):
            return .string(try readString())
        case UInt8(ascii: "t"):
            try readWord("true")
            return .bool(true)
        case UInt8(ascii: "f"):
            try readWord("false")
            return .bool(false)
        case UInt8(ascii: "n"):
            try readWord("null")
            return .null
        default:
            return try readNumber()
        }
    }

    private func deeper(_ depthLeft: Int) throws(JSONError) -> Int {
        guard depthLeft > 0 else {
            throw JSONError(code: .tooDeep, reason: "values nest deeper than \(depthMax)", hint: "nest fewer levels")
        }
        return depthLeft - 1
    }

    private mutating func readObject(depthLeft: Int) throws(JSONError) -> JSONObject {
        position += 1
        var members: [JSONObject.Member] = []
        var keys: Set<String> = []
        skipSpace()
        if try take(UInt8(ascii: "}")) { return JSONObject() }
        repeat {
            skipSpace()
            guard try peek() == UInt8(ascii: "\"") else { throw unexpected() }
            let key = try readString()
            guard keys.insert(key).inserted else {
                throw JSONError(
                    code: .duplicateKey, reason: "an object has one key twice", hint: "remove one of the two members")
            }
            skipSpace()
            guard try take(UInt8(ascii: ":")) else { throw unexpected() }
            members.append(JSONObject.Member(key: key, value: try readValue(depthLeft: depthLeft)))
            skipSpace()
        } while try take(UInt8(ascii: ","))
        guard try take(UInt8(ascii: "}")) else { throw unexpected() }
        return JSONObject(members)
    }

    private mutating func readArray(depthLeft: Int) throws(JSONError) -> [JSONValue] {
        position += 1
        var values: [JSONValue] = []
        skipSpace()
        if try take(UInt8(ascii: "]")) { return values }
        repeat {
            values.append(try readValue(depthLeft: depthLeft))
            skipSpace()
        } while try take(UInt8(ascii: ","))
        guard try take(UInt8(ascii: "]")) else { throw unexpected() }
        return values
    }

    private mutating func readString() throws(JSONError) -> String {
        position += 1
        let start = position
        while position < bytes.count, bytes[position] != UInt8(ascii: "\""), bytes[position] != UInt8(ascii: "\\"),
            bytes[position] >= 0x20
        {
            position += 1
        }
        var content = Array(bytes[start..<position])
        while try !take(UInt8(ascii: "\"")) {
            switch bytes[position] {
            case UInt8(ascii: "\\"): try readEscape(into: &content)
            case 0..<0x20: throw unexpected()
            default:
                content.append(bytes[position])
                position += 1
            }
        }
        guard let string = String(validating: content, as: UTF8.self) else {
            throw JSONError(code: .invalidUTF8, reason: "a string is not UTF-8", hint: "save the text as UTF-8")
        }
        return string
    }

    private mutating func readEscape(into content: inout [UInt8]) throws(JSONError) {
        position += 1
        let escape = try peek()
        position += 1
        switch escape {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): content.append(escape)
        case UInt8(ascii: "b"): content.append(0x08)
        case UInt8(ascii: "f"): content.append(0x0C)
        case UInt8(ascii: "n"): content.append(0x0A)
        case UInt8(ascii: "r"): content.append(0x0D)
        case UInt8(ascii: "t"): content.append(0x09)
        case UInt8(ascii: "u"):
            content.append(contentsOf: Character(try readEscapedScalar()).utf8)
        default:
            throw JSONError(code: .invalidEscape, reason: "the escape at byte \(position - 2) does not exist in JSON")
        }
    }

    /// Reads a scalar: one `\uXXXX`, or two that form a surrogate pair.
    private mutating func readEscapedScalar() throws(JSONError) -> Unicode.Scalar {
        let first = try readFourDigits()
        var value = first
        if (0xD800..<0xDC00).contains(first), position + 1 < bytes.count, bytes[position] == UInt8(ascii: "\\"),
            bytes[position + 1] == UInt8(ascii: "u")
        {
            position += 2
            let second = try readFourDigits()
            guard (0xDC00..<0xE000).contains(second) else { throw loneSurrogate() }
            value = 0x10000 + (first - 0xD800) << 10 + (second - 0xDC00)
        }
        guard let scalar = Unicode.Scalar(value) else { throw loneSurrogate() }
        return scalar
    }

    private mutating func readFourDigits() throws(JSONError) -> UInt32 {
        guard bytes.count - position >= 4 else { throw truncated() }
        var value: UInt32 = 0
        for _ in 0..<4 {
            guard let digit = Character(Unicode.Scalar(bytes[position])).hexDigitValue else { throw unexpected() }
            value = value << 4 | UInt32(digit)
            position += 1
        }
        return value
    }

    private mutating func readNumber() throws(JSONError) -> JSONValue {
        let start = position
        var isWhole = true
        _ = try? take(UInt8(ascii: "-"))
        // No digit may follow a leading zero.
        if try !take(UInt8(ascii: "0")) { try readDigits() }
        if position < bytes.count, bytes[position] == UInt8(ascii: ".") {
            isWhole = false
            position += 1
            try readDigits()
        }
        if position < bytes.count, bytes[position] | 0x20 == UInt8(ascii: "e") {
            isWhole = false
            position += 1
            let sign = try peek()
            if sign == UInt8(ascii: "+") || sign == UInt8(ascii: "-") { position += 1 }
            try readDigits()
        }
        let text = String(decoding: bytes[start..<position], as: UTF8.self)
        if isWhole, let value = Int64(text) { return .integer(value) }
        guard let value = Double(text), value.isFinite else {
            throw JSONError(code: .numberOutOfRange, reason: "a number at byte \(start) is beyond 64-bit floats")
        }
        return .number(value)
    }

    private mutating func readDigits() throws(JSONError) {
        let start = position
        while position < bytes.count, (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(bytes[position]) {
            position += 1
        }
        guard position > start else { throw unexpected() }
    }

    private mutating func readWord(_ word: StaticString) throws(JSONError) {
        for expected in word.description.utf8 {
            guard try take(expected) else { throw unexpected() }
        }
    }

    private mutating func skipSpace() {
        while position < bytes.count, [0x20, 0x09, 0x0A, 0x0D].contains(bytes[position]) { position += 1 }
    }

    private func peek() throws(JSONError) -> UInt8 {
        guard position < bytes.count else { throw truncated() }
        return bytes[position]
    }

    private mutating func take(_ byte: UInt8) throws(JSONError) -> Bool {
        guard try peek() == byte else { return false }
        position += 1
        return true
    }

    private func unexpected() -> JSONError {
        guard position < bytes.count else { return truncated() }
        return JSONError(
            code: .unexpectedByte,
            reason: "byte 0x\(Hex.encode([bytes[position]])) at \(position) does not belong there")
    }

    private func truncated() -> JSONError {
        JSONError(code: .truncated, reason: "the text ends inside a value", hint: "send the whole text")
    }

    private func loneSurrogate() -> JSONError {
        JSONError(code: .invalidEscape, reason: "half a surrogate pair before byte \(position)")
    }
}

/// Why bytes were refused as JSON.
package struct JSONError: Error, Equatable, Sendable {
    /// The stable codes; new ones may be added, none is removed.
    package enum Code: String, Sendable, CaseIterable {
        case tooLong = "too_long"
        case tooDeep = "too_deep"
        case truncated
        case unexpectedByte = "unexpected_byte"
        case trailingBytes = "trailing_bytes"
        case duplicateKey = "duplicate_key"
        case invalidUTF8 = "invalid_utf8"
        case invalidEscape = "invalid_escape"
        case numberOutOfRange = "number_out_of_range"
    }

    package let code: Code
    package let reason: String
    package let hint: String

    init(code: Code, reason: String, hint: String = "check it with any JSON reader (RFC 8259)") {
        self.code = code
        self.reason = reason
        self.hint = hint
    }
}
