import ArgumentParser
import CommandSupport
import Glibc

/// The command of gates and scanners.
@main
struct VerifyCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "verify",
        abstract: "Decide on codes as a gate does, offline, from a signed bundle.",
        discussion: """
            Prints one JSON verdict a line and exits 0 for accept, 1 for reject, 2 for undecided (the gate stays \
            closed) and 64 for a wrong command line; with several images, the worst of them.
            """,
        version: Release.version,
        subcommands: [ScanCommand.self, DecodeCommand.self, ReplayCommand.self, StateCommand.self, FlushCommand.self],
        defaultSubcommand: ScanCommand.self)

    static func main() {
        StandardStream.reserveStandardDescriptors()
        do {
            if let scan = QuickScan(CommandLine.arguments.dropFirst()) { try scan.run() }
            if ["--help", "-h"].contains(CommandLine.arguments.dropFirst().first) { return printHelp() }
            var command = try parseAsRoot()
            guard type(of: command).configuration.subcommands.isEmpty else {
                throw ValidationError("name a subcommand")
            }
            HelpRequest.check(of: self as any ParsableCommand.Type, named: "verify") {
                $0.configuration.subcommands.map { ($0._commandName, $0) }
            }
            try command.run()
        } catch let error as CommandError {
            Diagnostics(command: "verify").report(error)
            Glibc.exit(error.status.rawValue)
        } catch {
            guard exitCode(for: error) == .validationFailure else { exit(withError: error) }
            Diagnostics(command: "verify").endForUsage(fullMessage(for: error))
        }
    }

    /// Prints the default subcommand's options too: the parser shows them only in that subcommand's own help.
    private static func printHelp() {
        StandardStream.output.write(helpMessage() + "\n\n" + helpMessage(for: ScanCommand.self) + "\n")
    }
}
