import ArgumentParser
import CommandSupport

/// Makes logs, honest and forged, for tests and measurements.
@main
struct LogForgeCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "log-forge", abstract: "Make logs, honest and forged, for tests and measurements.",
        subcommands: [MakeCommand.self, TamperCommand.self, FlipCommand.self])

    static func main() async {
        await CommandMain.run(self, hasVerdict: true)
    }
}
