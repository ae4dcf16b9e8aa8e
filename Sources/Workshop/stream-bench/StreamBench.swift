import ArgumentParser

/// What the measurements of a gate's stream need: a station with many codes, and a scanner that keeps its pace.
@main
struct StreamBench: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "stream-bench", abstract: "Make a station's bundle and codes, and scan them at a given pace.",
        subcommands: [StationCommand.self, PaceCommand.self, AnswerCommand.self, GenerationsCommand.self])
}
