import Glibc

/// Writes `command: error: …` and `command: hint: …` lines to stderr.
package struct Diagnostics: Sendable {
    private let command: String

    package init(command: String) {
        self.command = command
    }

    /// Reports an error and its fix.
    package func report(_ error: CommandError) {
        write("error", "\(error.reason) [\(error.code)]")
        write("hint", error.hint)
    }

    /// Reports a warning, which does not end the command.
    package func warn(_ text: String) {
        write("warning", text)
    }

    /// Reports a wrong command line and ends the process with status 64.
    ///
    /// - Parameter message: the argument parser's message: `Error: …` on its first line, `See '… --help' …` on its
    ///   last.
    package func endForUsage(_ message: String) -> Never {
        let lines = message.split(separator: "\n").map { line in String(line.drop { $0 == " " }) }
        let first = lines.first.map { $0.hasPrefix("Error: ") ? String($0.dropFirst(7)) : $0 } ?? ""
        let reason = Self.withoutInitialCapital(first)
        let command = lines.last.flatMap { line in
            line.hasPrefix("See '") ? line.split(separator: "'").dropFirst().first.map(String.init) : nil
        }
        report(
            CommandError(
                code: "usage", reason: reason.hasSuffix(".") ? String(reason.dropLast()) : reason,
                hint: "see \(command ?? "\(self.command) --help")", status: .usage))
        exit(ExitStatus.usage.rawValue)
    }

    /// The sentence without its initial capital, to follow `error: `; a word in capitals is a name and stays.
    private static func withoutInitialCapital(_ sentence: String) -> String {
        let isName = sentence.dropFirst().first?.isUppercase == true
        return isName ? sentence : sentence.prefix(1).lowercased() + sentence.dropFirst()
    }

    /// Writes one line; control characters in a path or a scanned text never reach the terminal.
    private func write(_ label: String, _ text: String) {
        StandardStream.error.write("\(command): \(label): \(TerminalText.line(text))\n")
    }
}
