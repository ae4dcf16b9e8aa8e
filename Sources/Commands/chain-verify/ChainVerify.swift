import ArgumentParser
import CommandSupport

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
            TrailCommand.self, IssuedCommand.self,
        ])

    static func main() async {
        await CommandMain.run(self, hasVerdict: true)
    }
}
