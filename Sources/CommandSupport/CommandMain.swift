package import ArgumentParser
import Glibc
import Platform

/// The start and the end of a command's process, the same for all commands.
///
/// It keeps the process's memory secret, reserves the standard descriptors, parses, runs the command, reports its
/// error, and ends with the status of the error's class.
package struct CommandMain {
    private let root: any ParsableCommand.Type
    private let hasVerdict: Bool

    /// Runs a command whose subcommands may be asynchronous.
    ///
    /// - Parameters:
    ///   - root: the command.
    ///   - hasVerdict: whether a failed command has the answer "undecided", status 2.
    package static func run(_ root: any ParsableCommand.Type, hasVerdict: Bool) async {
        let main = CommandMain(root: root, hasVerdict: hasVerdict)
        main.begin()
        do {
            var command = try main.parsed()
            if var command = command as? any AsyncParsableCommand {
                try await command.run()
            } else {
                try command.run()
            }
        } catch {
            main.end(error)
        }
    }

    /// Runs a command without asynchronous subcommands, and starts no threads for them.
    ///
    /// - Parameters:
    ///   - root: the command.
    ///   - hasVerdict: whether a failed command has the answer "undecided", status 2.
    ///   - quickly: handles a frequent command line without the parser; false for any other command line.
    package static func runAtOnce(
        _ root: any ParsableCommand.Type, hasVerdict: Bool, quickly: () throws -> Bool = { false }
    ) {
        let main = CommandMain(root: root, hasVerdict: hasVerdict)
        main.begin()
        do {
            if try quickly() { return }
            var command = try main.parsed()
            try command.run()
        } catch {
            main.end(error)
        }
    }

    private var name: String { root._commandName }
    private var diagnostics: Diagnostics { Diagnostics(command: name) }

    private func begin() {
        StandardStream.reserveStandardDescriptors()
        MemorySecrecy.begin()
        if !hasVerdict { StandardStream.reportLostOutput(of: name) }
    }

    private func parsed() throws -> any ParsableCommand {
        let command: any ParsableCommand
        do {
            command = try root.parseAsRoot()
        } catch {
            endByParser(error)
        }
        guard type(of: command).configuration.subcommands.isEmpty else { throw ValidationError("name a subcommand") }
        HelpRequest.check(of: root)
        return command
    }

    private func end(_ error: any Error) -> Never {
        switch error {
        case let error as CommandError: end(error)
        case let error as any CodedError: end(hasVerdict ? CommandError(undecided: error) : CommandError(error))
        // The parser's own errors, such as a request for help, are not public; they have another status than `failure`.
        case _ where error is ExitCode || root.exitCode(for: error) != .failure: endByParser(error)
        default:
            // The text of an unknown error may hold what must not be shown.
            end(
                CommandError(
                    code: "unexpected", reason: "the command failed for an unknown reason (\(type(of: error)))",
                    hint: "report this with the command line", status: hasVerdict ? .undecided : .malfunction))
        }
    }

    private func end(_ error: CommandError) -> Never {
        diagnostics.report(error)
        let status = error.status == .undecided && !hasVerdict ? .failure : error.status
        exit(status.rawValue)
    }

    /// Ends for a wrong command line, a request for help, or a status that the command has chosen.
    private func endByParser(_ error: any Error) -> Never {
        if let error = error as? CommandError { end(error) }
        guard root.exitCode(for: error) == .validationFailure else { root.exit(withError: error) }
        diagnostics.endForUsage(root.fullMessage(for: error))
    }
}
