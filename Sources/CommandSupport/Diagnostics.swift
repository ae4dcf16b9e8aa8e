import Glibc

/// Writes `command: error: …` and `command: hint: …` lines to stderr.
package struct Diagnostics: Sendable {
    private let command: String

    package init(command: String) {
        self.command = command
    }

    /// Says what went wrong and how to mend it.
    package func report(_ error: CommandError) {
        write("error", "\(error.reason) [\(error.code)]")
        write("hint", error.hint)
    }

    /// Says something that does not end the command.
    package func warn(_ text: String) {
        write("warning", text)
    }

    /// Says what is wrong with a command line, and ends the process with status 64.
    ///
    /// - Parameter message: the argument parser's: `Error: …` on its first line, and `See '… --help' …` on its last.
    package func endForUsage(_ message: String) -> Never {
        let lines = message.split(separator: "\n").map { line in String(line.drop { $0 == " " }) }
        let first = lines.first.map { $0.hasPrefix("Error: ") ? String($0.dropFirst(7)) : $0 } ?? ""
        let reason = Self.beginningSmall(first)
        let command = lines.last.flatMap { line in
            line.hasPrefix("See '") ? line.split(separator: "'").dropFirst().first.map(String.init) : nil
        }
        report(
            CommandError(
                code: "usage", reason: reason.hasSuffix(".") ? String(reason.dropLast()) : reason,
                hint: "see \(command ?? "\(self.command) --help")", status: .usage))
        exit(ExitStatus.usage.rawValue)
    }

    /// A sentence as it goes on after `error: `; a word in capitals is a name and stays.
    private static func beginningSmall(_ sentence: String) -> String {
        let isName = sentence.dropFirst().first?.isUppercase == true
        return isName ? sentence : sentence.prefix(1).lowercased() + sentence.dropFirst()
    }

    /// One line; control characters, which a path or a scanned text may hold, never reach the terminal.
    private func write(_ label: String, _ text: String) {
        StandardStream.error.write("\(command): \(label): \(TerminalText.line(text))\n")
    }
}
