import ArgumentParser
import CommandSupport
import Glibc

/// The command of issuers, operators and phones; each subcommand has its own file.
@main
struct SuishenCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "suishen",
        abstract: "Make, present and inspect Suishen codes.",
        version: Release.version,
        subcommands: [
            InitCommand.self, PersonCommand.self, EnterpriseCommand.self, ObjectCommand.self, IssueCommand.self,
            RevokeCommand.self, EventCommand.self, LogCommand.self, BundleCommand.self, KeyCommand.self,
            AuditCommand.self, CodesCommand.self, RecoverCommand.self, DeviceCommand.self, PresentCommand.self,
            InspectCommand.self,
        ])

    static func main() async {
        StandardStream.reserveStandardDescriptors()
        StandardStream.reportLostOutput(of: "suishen")
        do {
            var command = try parseAsRoot()
            guard type(of: command).configuration.subcommands.isEmpty else {
                throw ValidationError("name a subcommand")
            }
            HelpRequest.check(of: self as any ParsableCommand.Type, named: "suishen") {
                $0.configuration.subcommands.map { ($0._commandName, $0) }
            }
            if var asynchronous = command as? any AsyncParsableCommand {
                try await asynchronous.run()
            } else {
                try command.run()
            }
        } catch let error as CommandError {
            Diagnostics(command: "suishen").report(error)
            Glibc.exit(error.asFailure.status.rawValue)
        } catch {
            guard exitCode(for: error) == .validationFailure else { exit(withError: error) }
            Diagnostics(command: "suishen").endForUsage(fullMessage(for: error))
        }
    }
}
