import ArgumentParser

/// Measures this project's speed beside another program's or library's in the same run.
@main
struct BenchCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "bench", abstract: "Measure our speed beside another program's or library's, in the same run.",
        subcommands: [SigningBench.self, QRBench.self])
}
