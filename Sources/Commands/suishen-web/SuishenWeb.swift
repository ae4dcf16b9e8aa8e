import ArgumentParser
import CommandSupport

/// The public pages of codes, and the kiosk of a gate.
@main
struct SuishenWeb: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "suishen-web", abstract: "Serve the pages that codes open, or a gate's kiosk.",
        version: Release.version, subcommands: [ServeCommand.self, GateCommand.self])

    static func main() async {
        await CommandMain.run(self, hasVerdict: false)
    }
}
