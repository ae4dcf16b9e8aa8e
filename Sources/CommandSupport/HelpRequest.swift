import ArgumentParser
import Glibc

/// Checks `help NAME…`: for an unknown subcommand the argument parser would print the general help with status 0.
enum HelpRequest {
    /// Ends the process with status 64 when a name is not a subcommand's name.
    static func check(of root: any ParsableCommand.Type) {
        var words = CommandLine.arguments.dropFirst().makeIterator()
        guard words.next() == "help" else { return }
        var path = root._commandName
        var command = root
        while let word = words.next(), !word.hasPrefix("-") {
            guard let next = command.configuration.subcommands.first(where: { $0._commandName == word }) else {
                Diagnostics(command: root._commandName).report(
                    CommandError(
                        code: "usage", reason: "\(path) has no subcommand \(word)", hint: "see \(path) --help",
                        status: .usage))
                exit(ExitStatus.usage.rawValue)
            }
            path += " \(word)"
            command = next
        }
    }
}
