/// Hexadecimal text, two digits a byte.
package enum Hex {
    private static let alphabet = Alphabet("0123456789abcdef")

    /// Encodes to lower case.
    package static func encode(_ bytes: some Collection<UInt8>) -> String {
        let bytes = bytes.withContiguousStorageIfAvailable { unsafe Array($0) } ?? Array(bytes)
        var text: [UInt8] = []
        text.reserveCapacity(bytes.count * 2)
        for byte in bytes {
            text.append(alphabet.characters[Int(byte >> 4)])
            text.append(alphabet.characters[Int(byte & 0x0F)])
        }
        return String(decoding: text, as: UTF8.self)
    }

    /// Decodes digits of either letter case.
    package static func decode(_ text: some StringProtocol) throws(TextDecodingError) -> [UInt8] {
        let characters = Array(text.utf8)
        guard characters.count % 2 == 0 else { throw .length(characters.count, of: "hex") }
        var bytes: [UInt8] = []
        bytes.reserveCapacity(characters.count / 2)
        for index in stride(from: 0, to: characters.count, by: 2) {
            bytes.append(try digit(characters, at: index) << 4 | digit(characters, at: index + 1))
        }
        return bytes
    }

    private static func digit(_ characters: [UInt8], at index: Int) throws(TextDecodingError) -> UInt8 {
        switch characters[index] {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): characters[index] - UInt8(ascii: "0")
        case UInt8(ascii: "a")...UInt8(ascii: "f"): characters[index] - UInt8(ascii: "a") + 10
        case UInt8(ascii: "A")...UInt8(ascii: "F"): characters[index] - UInt8(ascii: "A") + 10
        default: throw .character(characters[index], at: index, of: "hex")
        }
    }
}
