import ArgumentParser
import CommandSupport
import Glibc

/// The command of gates and scanners.
@main
struct VerifyCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "verify",
        abstract: "Decide on codes as a gate does.",
        subcommands: [DecodeCommand.self])

    static func main() {
        do {
            var command = try parseAsRoot()
            try command.run()
        } catch let error as CommandError {
            Diagnostics(command: "verify").report(error)
            Glibc.exit(error.status.rawValue)
        } catch {
            exit(withError: error)
        }
    }
}
