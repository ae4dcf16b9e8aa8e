import CommandSupport

/// Option values that stand on stdin, one on each line, because every user of the machine can read a command line.
struct InputValues: ~Copyable {
    /// The word on the command line that stands for the next line of stdin.
    static let word = "-"
    private static let byteCountMax = 4096

    private var lines: LineReader?

    /// The value of an option: the next line of stdin for `-`, else the word itself.
    ///
    /// - Throws: `value_missing` when stdin has no further line, or a line that is too long or no text. No error shows a
    ///   value.
    mutating func value(_ word: String?) throws(CommandError) -> String? {
        guard word == Self.word else { return word }
        if lines == nil { lines = try LineReader(path: "-", byteCountMax: Self.byteCountMax) }
        guard case .text(let bytes)? = try lines?.next(), let value = String(validating: bytes, as: UTF8.self) else {
            throw CommandError(
                code: "value_missing", reason: "stdin does not have a line of text for each -",
                hint: "send one line of at most \(Self.byteCountMax) bytes for each -, in the options' order in --help",
                status: .usage)
        }
        return value
    }
}
