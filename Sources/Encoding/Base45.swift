/// Base45 (RFC 9285): two bytes become three characters of QR's alphanumeric mode.
package enum Base45 {
    private static let alphabet = Alphabet("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:")

    package static func encode(_ bytes: some Collection<UInt8>) -> String {
        var text: [UInt8] = []
        text.reserveCapacity((bytes.count + 1) / 2 * 3)
        var index = bytes.startIndex
        while index != bytes.endIndex {
            let first = Int(bytes[index])
            bytes.formIndex(after: &index)
            if index == bytes.endIndex {
                text.append(alphabet.characters[first % 45])
                text.append(alphabet.characters[first / 45])
            } else {
                let value = first << 8 | Int(bytes[index])
                bytes.formIndex(after: &index)
                text.append(alphabet.characters[value % 45])
                text.append(alphabet.characters[value / 45 % 45])
                text.append(alphabet.characters[value / 2025])
            }
        }
        return String(decoding: text, as: UTF8.self)
    }

    package static func decode(_ text: some StringProtocol) throws(TextDecodingError) -> [UInt8] {
        try decode(utf8: Array(text.utf8)[...])
    }

    /// Decodes characters given as bytes.
    ///
    /// - Throws: `invalid_length` where one character is left over, `invalid_character`, and `value_too_large` for
    ///   three characters over 65,535 or two over 255.
    package static func decode(utf8 text: ArraySlice<UInt8>) throws(TextDecodingError) -> [UInt8] {
        guard text.count % 3 != 1 else { throw .length(text.count, of: "Base45") }
        var bytes: [UInt8] = []
        bytes.reserveCapacity(text.count / 3 * 2 + 1)
        var index = text.startIndex
        while index < text.endIndex {
            let isTriple = text.endIndex - index >= 3
            var value = try digit(text, at: index) + digit(text, at: index + 1) * 45
            if isTriple {
                value += try digit(text, at: index + 2) * 2025
                guard value <= 0xFFFF else { throw tooLarge(value, max: 0xFFFF) }
                bytes.append(UInt8(value >> 8))
                index += 3
            } else {
                guard value <= 0xFF else { throw tooLarge(value, max: 0xFF) }
                index += 2
            }
            bytes.append(UInt8(value & 0xFF))
        }
        return bytes
    }

    private static func digit(_ text: ArraySlice<UInt8>, at index: Int) throws(TextDecodingError) -> Int {
        let value = alphabet.values[Int(text[index])]
        guard value != Alphabet.absent else {
            throw .character(text[index], at: index - text.startIndex, of: "Base45")
        }
        return Int(value)
    }

    private static func tooLarge(_ value: Int, max: Int) -> TextDecodingError {
        TextDecodingError(code: .valueTooLarge, reason: "a group of Base45 has the value \(value), more than \(max)")
    }
}
