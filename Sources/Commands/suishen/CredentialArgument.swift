import CommandSupport
import Encoding

/// A code given as its text, or as a file that holds the text or the JSON that `issue` printed.
enum CredentialArgument {
    /// The longest code's text, with room for the JSON around it.
    private static let byteCountMax = 64 << 10

    /// Whether the argument is a code's text, not a file's name.
    static func isText(_ argument: String) -> Bool {
        let upper = argument.prefix(8).uppercased()
        return upper.hasPrefix("SP1:") || upper.hasPrefix("HTTPS://")
    }

    /// Reads the text from the argument, a file or stdin.
    ///
    /// - Parameter argument: a text, a path, or `-` for stdin.
    /// - Returns: the text without white space around it.
    /// - Throws: `input_unreadable`, `input_too_large`, `input_malformed`.
    static func text(_ argument: String) throws(CommandError) -> String {
        if isText(argument) { return argument }
        return try text(content: InputFile.read(argument, byteCountMax: byteCountMax), name: argument)
    }

    static func text(content: [UInt8], name: String) throws(CommandError) -> String {
        guard let text = String(validating: content, as: UTF8.self) else { throw malformed(name) }
        let trimmed = String(text.drop(while: \.isWhitespace).reversed().drop(while: \.isWhitespace).reversed())
        guard trimmed.hasPrefix("{") else { return trimmed }
        guard let object = try? JSONValue.parse(trimmed.utf8, byteCountMax: byteCountMax),
            let inner = object["text"]?.string
        else { throw malformed(name) }
        return inner
    }

    private static func malformed(_ name: String) -> CommandError {
        CommandError(
            code: "input_malformed", reason: "\(name) does not hold a code's text",
            hint: "give SP1:…, or a file with that text or with the output of suishen issue --json", status: .failure)
    }
}
