import ArgumentParser
import CommandSupport

/// The public pages of codes.
@main
struct SuishenWeb: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "suishen-web", abstract: "Serve the pages that codes open.", version: Release.version,
        subcommands: [ServeCommand.self])

    static func main() async {
        await CommandMain.run(self, hasVerdict: false)
    }
}
