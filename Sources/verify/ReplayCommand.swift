import ArgumentParser
import CommandSupport
import Encoding
import Verification

/// What a station's gates tell one another about showings.
struct ReplayCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "replay", abstract: "Works on replay stores.", subcommands: [Merge.self])

    struct Merge: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Takes over into one store what others remember; run it at each gate of a station.")

        @Option(help: "The store that learns.")
        var into: String

        @Argument(help: "The stores of other gates.")
        var stores: [String]

        func run() throws {
            do {
                let target = try ReplayStore(path: into)
                var count = 0
                for store in stores { count += try target.merge(ReplayStore(path: store)) }
                let result: JSONValue = ["merged": .integer(Int64(count))]
                StandardStream.output.write(result.encoded() + "\n")
            } catch {
                throw CommandError(code: error.code.rawValue, reason: error.reason, hint: error.hint)
            }
        }
    }
}
