import ArgumentParser
import CommandSupport
import Encoding
import Gate
import GateCommandLine
import Platform

/// Shares the accepted showings among a station's gates.
struct ReplayCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "replay", abstract: "Merge or serve replay stores.", subcommands: [Merge.self, Serve.self])

    struct Merge: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Copy other stores' showings into one store; run it at each gate of a station.")

        @Option(help: "The store that gets the showings.")
        var into: String

        @Option(
            help: """
                This gate's bundle, whose scenes' showings are copied; without it, showings in the scenes that the \
                store already serves.
                """)
        var bundle: String?

        @Option(help: "The trust anchor: a PEM file, or the digest of root.pem in the bundle's folder.")
        var root: String?

        @Option(help: "Unix time in seconds, in place of the clock.")
        var at: UInt64?

        @Argument(help: "The stores of other gates: files, or unix:PATH for a gate that serves its store.")
        var stores: [String]

        @Flag(help: "One JSON object a line; this is always the output.")
        var json = false

        func run() throws {
            do {
                var scenes: Set<String> = []
                if let bundle {
                    scenes = try GateDirectory.sceneNames(in: bundle, root: root.map(RootSource.init) ?? .folder)
                }
                let target = try ReplayStore(path: into)
                var count = 0
                let now = at ?? WallClock.seconds()
                for store in stores {
                    let snapshot =
                        try store.hasPrefix("unix:")
                        ? ReplayExchange.fetch(String(store.dropFirst(5)))
                        : ReplayStore(existing: store).snapshot(at: now)
                    count += try target.merge(snapshot, scenes: scenes, at: now)
                }
                let result: JSONValue = ["merged": .integer(Int64(count))]
                StandardStream.output.write(result.encoded() + "\n")
            } catch {
                throw CommandError(undecided: error)
            }
        }
    }

    struct Serve: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Serve this gate's store to the station's other gates until the process is stopped.",
            discussion: "Only this user can connect; ssh or socat carry the socket to other machines.")

        @Option(help: "The store.")
        var store: String

        @Option(help: "The UNIX socket to make.", transform: SocketPath.parse)
        var listen: String

        @Option(help: "Unix time in seconds, in place of the clock.")
        var at: UInt64?

        func run() throws {
            do {
                try ReplayExchange.serve(ReplayStore(existing: store), at: listen) { at ?? WallClock.seconds() }
            } catch {
                throw CommandError(undecided: error)
            }
        }
    }
}
