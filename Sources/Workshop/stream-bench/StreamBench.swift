import ArgumentParser

/// The tools that measure a gate's stream: a station with many codes, and a scanner with a fixed pace.
@main
struct StreamBench: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "stream-bench", abstract: "Make a station's bundle and codes, and scan them at a given pace.",
        subcommands: [
            StationCommand.self, PaceCommand.self, AnswerCommand.self, GenerationsCommand.self, TreeCommand.self,
        ])
}
