/// One line of the settings file, in a subset of YAML that every YAML reader reads alike.
///
/// A line is empty, a comment, or `name: value`. A value is plain or in quotes. Tabs, anchors, tags, block scalars
/// and values of several lines are refused, because YAML readers treat them differently or people misread them.
struct SettingsLine: Sendable, Equatable {
    /// The number of spaces before the name; only the lines below a table's name are indented.
    let indentation: Int
    let name: String
    let value: String
    /// Whether the value is in quotes, which make it a text for every YAML reader.
    let isQuoted: Bool

    /// Reads a line.
    ///
    /// - Parameter line: without its line break.
    /// - Returns: nil for an empty line or a comment.
    /// - Throws: the mistake in the line.
    static func read(_ line: Substring) throws(Mistake) -> SettingsLine? {
        let indentation = line.prefix { $0 == " " }.count
        let content = line.dropFirst(indentation)
        guard let first = content.first, first != "#" else { return nil }
        // Below a table's name, callers on other machines have dots and hyphens in their names.
        let isInTable = indentation > 0 && first != "-"
        let name = content.prefix {
            $0.isASCII && ($0.isLetter || $0.isNumber || isInTable && ($0 == "." || $0 == "-"))
        }
        let rest = content[name.endIndex...].drop { $0 == " " }
        guard !name.isEmpty, rest.first == ":", rest.dropFirst().first ?? " " == " " else {
            throw Mistake("a line must be `name: value`, with a space after the colon and without tabs")
        }
        let (value, isQuoted) = try value(rest.dropFirst())
        return SettingsLine(indentation: indentation, name: String(name), value: value, isQuoted: isQuoted)
    }

    /// A mistake in a line.
    struct Mistake: Error, Equatable {
        let words: String

        init(_ words: String) {
            self.words = words
        }
    }

    private static func value(_ text: Substring) throws(Mistake) -> (value: String, isQuoted: Bool) {
        let start = text.drop { $0 == " " }
        if let quote = start.first, quote == "\"" || quote == "'" {
            let (value, rest) = try quoted(start.dropFirst(), by: quote)
            guard rest.isEmpty || rest.first == " ", rest.drop(while: { $0 == " " }).first ?? "#" == "#" else {
                throw Mistake("only a comment may follow the closing quote")
            }
            return (value, true)
        }
        // A `#` after a space begins a comment; any other `#` belongs to the value.
        var plain = ""
        var previous: Character = " "
        for character in text {
            if character == "#", previous == " " { break }
            plain.append(character)
            previous = character
        }
        let value = String(plain.trimmingSpaces)
        guard !plain.contains("\t"), !value.contains(": "), value.last != ":" else {
            throw Mistake("a value with a tab, with a colon before a space or with a colon at its end needs quotes")
        }
        return (value, false)
    }

    /// Reads up to the closing quote: `''` is a quote within single quotes; `\"` and `\\` are escapes in double quotes.
    private static func quoted(
        _ text: Substring, by quote: Character
    ) throws(Mistake) -> (value: String, rest: Substring) {
        var value = ""
        var rest = text
        while let character = rest.popFirst() {
            switch character {
            case quote where quote == "'" && rest.first == "'":
                value.append("'")
                rest.removeFirst()
            case quote: return (value, rest)
            case "\\" where quote == "\"":
                guard let escaped = rest.popFirst(), escaped == "\\" || escaped == "\"" else {
                    throw Mistake("in double quotes, a backslash may stand only before `\"` or another backslash")
                }
                value.append(escaped)
            case "\t": throw Mistake("a value may not contain a tab")
            default: value.append(character)
            }
        }
        throw Mistake("the quote is not closed on its line")
    }

    /// The words of a value `[WORD, …]`; nil for any other value.
    var list: [String]? {
        guard !isQuoted, value.first == "[", value.count > 1, value.last == "]" else { return nil }
        let content = value.dropFirst().dropLast().trimmingSpaces
        guard !content.isEmpty else { return [] }
        return content.split(separator: ",", omittingEmptySubsequences: false).map { String($0.trimmingSpaces) }
    }

    /// A word `NAME=N`, where N is a whole number without leading zeros; nil for any other word.
    static func count(_ word: String) -> (name: String, count: UInt64)? {
        let parts = word.split(separator: "=", omittingEmptySubsequences: false)
        guard parts.count == 2, !parts[0].isEmpty, let count = UInt64(parts[1]), String(count) == parts[1] else {
            return nil
        }
        return (String(parts[0]), count)
    }

    /// A text as a value of the file, in quotes unless every YAML reader reads it as the same text without them.
    static func written(_ text: String) -> String {
        let others: Set = ["y", "n", "yes", "no", "on", "off", "true", "false", "null"]
        let isPlain =
            (text.first?.isLetter ?? false || text.first == "/") && !others.contains(text.lowercased())
            && text.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber || "/._-".contains($0)) }
        guard !isPlain else { return text }
        let escaped = text.flatMap { $0 == "\"" || $0 == "\\" ? ["\\", $0] : [$0] }
        return "\"\(String(escaped))\""
    }

    /// The file's lines, as YAML breaks them.
    ///
    /// - Returns: nil for a text with a character that YAML forbids, or with a combining mark after a sign.
    static func lines(of text: String) -> [Substring]? {
        let isAllowed = text.unicodeScalars.allSatisfy { scalar in
            switch scalar.value {
            case 0x09, 0x0A, 0x0D, 0x85: true
            case 0..<0x20, 0x7F..<0xA0, 0xFEFF, 0xFFFE, 0xFFFF: false
            default: true
            }
        }
        // YAML reads code points. Swift joins a combining mark to the `#` or quote before it, and would miss that sign.
        let hidesNothing = text.allSatisfy { character in
            character.unicodeScalars.count == 1 || character == "\r\n"
                || character.unicodeScalars.first.map { !$0.isASCII || $0.properties.isAlphabetic } ?? true
        }
        return isAllowed && hidesNothing
            ? text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline) : nil
    }
}
