import ArgumentParser
import CommandSupport
import Encoding
import Issuing

/// Gives auditors what they hold the log to.
struct LogCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "log", abstract: "Give auditors what they hold the trace log to.",
        discussion: "The log itself is DIR/log, or the daemon's socket: chain-verify reads both.",
        subcommands: [Key.self, Checkpoint.self, Openings.self])

    struct Key: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Print the log's verifier key, as chain-verify --key takes it.")

        @OptionGroup var state: StateOptions
        @OptionGroup var result: ResultOptions

        func run() async throws {
            let log = try await LogCommand.description(state)
            if result.json { return result.print(["origin": log["origin"] ?? .null, "key": log["key"] ?? .null]) }
            StandardStream.output.write((log["key"]?.string ?? "") + "\n")
        }
    }

    struct Checkpoint: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Print the newest checkpoint, as chain-verify --anchor takes it.",
            discussion: "Keep it where the issuer cannot reach it: it shows later whether anything was taken back.")

        @OptionGroup var state: StateOptions
        @OptionGroup var result: ResultOptions

        func run() async throws {
            guard let text = try await LogCommand.description(state)["checkpoint"]?.string else {
                throw CommandError(
                    code: "checkpoint_missing", reason: "nothing of this log is published",
                    hint: "start the daemon, or append an event; after a recovery, see the health of the log",
                    status: .failure)
            }
            if result.json { return result.print(["checkpoint": .string(text)]) }
            StandardStream.output.write(text)
        }
    }

    struct Openings: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Print the openings of personal fields, as chain-verify --openings takes them.",
            discussion: "They are personal data: give them to those alone who may see them.")

        @OptionGroup var state: StateOptions

        @Flag(help: "One JSON object a line; this is what is printed in any case.")
        var json = false

        func run() async throws {
            do {
                let access = try state.access()
                var next: JSONValue? = 0
                while let first = next {
                    let page = try await access.perform(.exportOpenings, ["from": first])
                    let lines = (page["openings"]?.array ?? []).map { $0.encoded() + "\n" }
                    StandardStream.output.write(lines.joined())
                    next = page["next"] == .null ? nil : page["next"]
                }
            } catch let error as OperationError {
                throw CommandError(error)
            }
        }
    }

    private static func description(_ state: StateOptions) async throws -> JSONValue {
        do {
            return try await state.access().perform(.describeLog, [:])
        } catch let error as OperationError {
            throw CommandError(error)
        }
    }
}
