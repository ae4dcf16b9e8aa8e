import Glibc

/// `help NAME…`, which the argument parser answers with everything and status 0 where there is no such subcommand.
package enum HelpRequest {
    /// Ends the process with status 64 where a name is no subcommand's.
    ///
    /// - Parameters:
    ///   - root: the command.
    ///   - name: what the command goes by.
    ///   - subcommands: those of one command, by name.
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
