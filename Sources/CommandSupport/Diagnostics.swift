import Glibc

/// Writes `command: error: …` and `command: hint: …` lines to stderr.
package struct Diagnostics: Sendable {
    private let command: String

    package init(command: String) {
        self.command = command
    }

    /// Says what went wrong and how to mend it.
    package func report(_ error: CommandError) {
        StandardStream.error.write(
            "\(command): error: \(error.reason) [\(error.code)]\n\(command): hint: \(error.hint)\n")
    }

    /// Says something that does not end the command.
    package func warn(_ text: String) {
        StandardStream.error.write("\(command): warning: \(text)\n")
    }
}
