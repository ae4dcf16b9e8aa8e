/// Base64 with padding (RFC 4648 §4), and its URL variant without padding (RFC 4648 §5).
package enum Base64 {
    private static let standard = BitGroups(
        name: "Base64",
        alphabet: Alphabet("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"), bitsACharacter: 6)
    private static let urlSafe = BitGroups(
        name: "base64url",
        alphabet: Alphabet("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"), bitsACharacter: 6)
    private static let paddingCharacter = UInt8(ascii: "=")

    package static func encode(_ bytes: some Collection<UInt8>) -> String {
        var text = standard.encode(bytes)
        while text.count % 4 != 0 { text.append(paddingCharacter) }
        return String(decoding: text, as: UTF8.self)
    }

    /// Encodes with the URL variant, without padding.
    package static func encodeURL(_ bytes: some Collection<UInt8>) -> String {
        String(decoding: urlSafe.encode(bytes), as: UTF8.self)
    }

    /// Decodes the standard alphabet; the padding must be exactly that of the length.
    package static func decode(_ text: some StringProtocol) throws(TextDecodingError) -> [UInt8] {
        let characters = Array(text.utf8)
        guard characters.count % 4 == 0 else { throw .length(characters.count, of: "Base64") }
        var content = characters[...]
        for _ in 0..<2 where content.last == paddingCharacter { content.removeLast() }
        return try standard.decode(content)
    }

    /// Decodes the URL variant; padding is refused.
    package static func decodeURL(_ text: some StringProtocol) throws(TextDecodingError) -> [UInt8] {
        try urlSafe.decode(Array(text.utf8)[...])
    }
}
