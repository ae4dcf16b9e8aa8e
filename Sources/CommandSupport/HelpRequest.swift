import Glibc

/// Checks `help NAME…`: for an unknown subcommand the argument parser would print the general help with status 0.
package enum HelpRequest {
    /// Ends the process with status 64 when a name is not a subcommand's name.
    ///
    /// - Parameters:
    ///   - root: the command.
    ///   - name: the command's name.
    ///   - subcommands: returns the subcommands of a command, with their names.
    package static func check<Command>(
        of root: Command, named name: String, subcommands: (Command) -> [(name: String, command: Command)]
    ) {
        var words = CommandLine.arguments.dropFirst().makeIterator()
        guard words.next() == "help" else { return }
        var path = name
        var command = root
        while let word = words.next(), !word.hasPrefix("-") {
            let known = subcommands(command)
            guard let next = known.first(where: { $0.name == word }) else {
                Diagnostics(command: name).report(
                    CommandError(
                        code: "usage", reason: "\(path) has no subcommand \(word)", hint: "see \(path) --help",
                        status: .usage))
                exit(ExitStatus.usage.rawValue)
            }
            path += " \(word)"
            command = next.command
        }
    }
}
