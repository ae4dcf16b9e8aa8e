import ArgumentParser
import CommandSupport
import Encoding
import Gate
import Platform

/// Mends a gate's state; only the user who owns the state folder may.
struct StateCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "state", abstract: "Mend a gate's state after a wrong clock or a damaged replay store.",
        subcommands: [ResetClock.self, ResetReplay.self])

    struct ResetClock: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Forget the times and versions that lie ahead of the clock; the replay store stays.",
            discussion: "Set the clock first, and restart running gates afterwards.")

        @OptionGroup var folder: StateFolderOptions

        @Option(help: "The gate's --clock-skew, in seconds.")
        var clockSkew = Scene.clockSkewSecondsDefault

        @Flag(help: "One JSON object a line; this is always the output.")
        var json = false

        func run() throws {
            try folder.reset { state throws(BundleError) in
                try state.resetClock(at: WallClock.seconds(), skewSeconds: clockSkew)
            }
        }
    }

    struct ResetReplay: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Remove the replay store; the gate makes a new one at its next start.",
            discussion: """
                Showings that were accepted before are accepted again while they are fresh: keep the gate closed for \
                256 seconds first, and stop running gates.
                """)

        @OptionGroup var folder: StateFolderOptions

        @Option(help: "The store, as given to the gate.")
        var replayStore: String?

        @Flag(help: "One JSON object a line; this is always the output.")
        var json = false

        func run() throws {
            try folder.reset { state throws(BundleError) in try state.resetReplayStore(replayStore) }
        }
    }
}

extension StateFolderOptions {
    /// Runs `reset` on the state folder, and prints an empty result.
    fileprivate func reset(_ reset: (GateState) throws(BundleError) -> Void) throws {
        do throws(BundleError) {
            try reset(GateState(folder: path))
        } catch {
            throw CommandError(undecided: error)
        }
        let result: JSONValue = ["reset": .bool(true)]
        StandardStream.output.write(result.encoded() + "\n")
    }
}
