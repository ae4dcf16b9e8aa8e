import ArgumentParser
import CommandSupport
import Glibc

/// Makes logs, honest and forged, for tests and measurements.
@main
struct LogForgeCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "log-forge", abstract: "Make logs, honest and forged, for tests and measurements.",
        subcommands: [MakeCommand.self, TamperCommand.self, FlipCommand.self])

    static func main() async {
        do {
            var command = try parseAsRoot()
            if var command = command as? any AsyncParsableCommand {
                try await command.run()
            } else {
                try command.run()
            }
        } catch let error as CommandError {
            Diagnostics(command: "log-forge").report(error)
            Glibc.exit(error.status.rawValue)
        } catch {
            exit(withError: error)
        }
    }
}
