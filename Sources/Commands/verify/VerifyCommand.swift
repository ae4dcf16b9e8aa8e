import ArgumentParser
import CommandSupport

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
        subcommands: [
            ScanCommand.self, DecodeCommand.self, ReplayCommand.self, StateCommand.self, FlushCommand.self,
            SyncCommand.self, EnrolCommand.self, RenewKeyCommand.self, ReceiptsCommand.self,
        ],
        defaultSubcommand: ScanCommand.self)

    static func main() {
        CommandMain.runAtOnce(self, hasVerdict: true) {
            let words = CommandLine.arguments.dropFirst()
            if let scan = QuickScan(words) { try scan.run() }
            guard let first = words.first, ["--help", "-h"].contains(first) else { return false }
            printHelp()
            return true
        }
    }

    /// Prints the default subcommand's options too: the parser shows them only in that subcommand's own help.
    private static func printHelp() {
        StandardStream.output.write(helpMessage() + "\n\n" + helpMessage(for: ScanCommand.self) + "\n")
    }
}
