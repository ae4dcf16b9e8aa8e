extension Payload {
    /// The bytes as text, by the rules of the standard.
    ///
    /// Bytes with a declared character set are read in that set. Other bytes are read as UTF-8 if they are valid UTF-8,
    /// otherwise as ISO/IEC 8859-1, the standard's default (ISO/IEC 18004 §7.3.2). ISO/IEC 8859-1 has no characters
    /// from 0x80 to 0x9F: a text with such bytes is read as Shift JIS, the default of JIS X 0510, if it is valid in
    /// that set. The text is never guessed from the frequency of characters. zbar reports neither declared character
    /// sets nor kanji, so the text of a code that only zbar read counts as undeclared.
    package var text: String {
        guard !runs.isEmpty else { return Self.textWithoutDeclaredSet(bytes) }
        let starts = [0] + runs.map { $0.start } + [bytes.count]
        let sets = [nil] + runs.map { $0.characterSet }
        return zip(sets, zip(starts, starts.dropFirst())).map { set, range in
            let part = Array(bytes[range.0..<range.1])
            return set?.text(part) ?? Self.textWithoutDeclaredSet(part)
        }.joined()
    }

    private static func textWithoutDeclaredSet(_ bytes: [UInt8]) -> String {
        if let text = String(validating: bytes, as: UTF8.self) { return text }
        if bytes.contains(where: { (0x80...0x9f).contains($0) }), let text = CharacterSet.shiftJIS.text(bytes) {
            return text
        }
        return String(String.UnicodeScalarView(bytes.map { Unicode.Scalar($0) }))
    }
}

extension ScannedCode {
    /// The payload as text.
    package var text: String { payload.text }
}
