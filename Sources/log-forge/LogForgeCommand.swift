import ArgumentParser
import CommandSupport
import Glibc

/// Makes logs, honest and forged, for tests and measurements.
@main
struct LogForgeCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "log-forge", abstract: "Make logs, honest and forged, for tests and measurements.",
        subcommands: [MakeCommand.self, TamperCommand.self])

    static func main() {
        do {
            var command = try parseAsRoot()
            try command.run()
        } catch let error as CommandError {
            Diagnostics(command: "log-forge").report(error)
            Glibc.exit(error.status.rawValue)
        } catch {
            exit(withError: error)
        }
    }
}
