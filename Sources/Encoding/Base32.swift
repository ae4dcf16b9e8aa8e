/// Base32 (RFC 4648 §6) in upper case without padding, for URLs in QR's alphanumeric mode.
package enum Base32 {
    private static let groups = BitGroups(
        name: "Base32", alphabet: Alphabet("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567", foldsCase: true), bitsACharacter: 5)

    package static func encode(_ bytes: some Collection<UInt8>) -> String {
        String(decoding: groups.encode(bytes), as: UTF8.self)
    }

    /// Decodes either letter case; refuses padding, impossible lengths and spare bits that are not zero.
    package static func decode(_ text: some StringProtocol) throws(TextDecodingError) -> [UInt8] {
        try groups.decode(Array(text.utf8)[...])
    }

    package static func decode(utf8 text: ArraySlice<UInt8>) throws(TextDecodingError) -> [UInt8] {
        try groups.decode(text)
    }
}
