import ArgumentParser
import CommandSupport
import Glibc

/// The auditor's command.
@main
struct ChainVerify: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "chain-verify",
        abstract: "Audit a trace log without trusting its operator.",
        discussion: """
            LOG is a directory in tlog-tiles layout, a daemon's socket, or an http(s) URL.
            Exit: 0 intact and anchored, 1 tampered, 2 undecided, 64 usage.
            """,
        version: Release.version,
        subcommands: [
            AuditCommand.self, ObjectCommand.self, InclusionCommand.self, ConsistencyCommand.self, WitnessCommand.self,
        ])

    static func main() async {
        StandardStream.reserveStandardDescriptors()
        do {
            var command = try parseAsRoot()
            guard type(of: command).configuration.subcommands.isEmpty else {
                throw ValidationError("name a subcommand")
            }
            HelpRequest.check(of: self as any ParsableCommand.Type, named: "chain-verify") {
                $0.configuration.subcommands.map { ($0._commandName, $0) }
            }
            if var command = command as? any AsyncParsableCommand {
                try await command.run()
            } else {
                try command.run()
            }
        } catch let error as CommandError {
            Diagnostics(command: "chain-verify").report(error)
            Glibc.exit(error.status.rawValue)
        } catch {
            guard exitCode(for: error) == .validationFailure else { exit(withError: error) }
            Diagnostics(command: "chain-verify").endForUsage(fullMessage(for: error))
        }
    }
}
