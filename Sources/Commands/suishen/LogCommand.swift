import ArgumentParser
import CommandSupport
import Encoding
import Issuing

/// Prints the key, checkpoint and openings that auditors compare the log with.
struct LogCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "log",
        abstract: "Print what auditors check a log with: key, checkpoint, witnesses and openings.",
        discussion: """
            chain-verify reads the trace log itself from DIR/log or from the daemon's socket, and the log of the \
            service's own acts from DIR/acts.
            """,
        subcommands: [Key.self, Checkpoint.self, Policy.self, Openings.self])

    struct Key: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Print the log's verifier key, as chain-verify --key takes it.")

        @OptionGroup var state: StateOptions
        @OptionGroup var log: LogOption
        @OptionGroup var result: ResultOptions

        func run() async throws {
            let found = try await LogCommand.description(state, log)
            if result.json { return result.print(["origin": found["origin"] ?? .null, "key": found["key"] ?? .null]) }
            StandardStream.output.write((found["key"]?.string ?? "") + "\n")
        }
    }

    struct Checkpoint: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Print the newest checkpoint, as chain-verify --anchor takes it.",
            discussion: "Keep it out of the issuer's reach: it shows later whether entries were removed or changed.")

        @OptionGroup var state: StateOptions
        @OptionGroup var log: LogOption
        @OptionGroup var result: ResultOptions

        func run() async throws {
            guard let text = try await LogCommand.description(state, log)["checkpoint"]?.string else {
                throw CommandError(
                    code: "checkpoint_missing", reason: "this log has no published checkpoint",
                    hint: "start the daemon, or append an event; after a recovery, see the health of the log",
                    status: .failure)
            }
            if result.json { return result.print(["checkpoint": .string(text)]) }
            StandardStream.output.write(text)
        }
    }

    struct Policy: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "witness-policy",
            abstract:
                "Print the policy of the witnesses that the daemon asks, as chain-verify --witness-policy takes it.",
            discussion: "An auditor who does not trust the operator chooses the witnesses, and compares.")

        @OptionGroup var state: StateOptions
        @OptionGroup var result: ResultOptions

        func run() async throws {
            guard let text = try await LogCommand.description(state)["witnessPolicy"]?.string else {
                throw CommandError(
                    code: "witnesses_missing", reason: "the settings name no witnesses",
                    hint: "set `witnesses` in suishend.yaml", status: .failure)
            }
            if result.json { return result.print(["witnessPolicy": .string(text)]) }
            StandardStream.output.write(text)
        }
    }

    struct Openings: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Print the openings of personal fields, as chain-verify --openings takes them.",
            discussion: "Openings are personal data: give them only to people who may see that data.")

        @OptionGroup var state: StateOptions
        @OptionGroup var log: LogOption

        @Flag(help: "One JSON object a line; this is always the output.")
        var json = false

        func run() async throws {
            do {
                let access = try state.access()
                var next: JSONValue? = 0
                while let first = next {
                    let page = try await access.perform(
                        .exportOpenings, ["from": first, "log": .string(log.log.rawValue)])
                    let lines = (page["openings"]?.array ?? []).map { $0.encoded() + "\n" }
                    StandardStream.output.write(lines.joined())
                    next = page["next"] == .null ? nil : page["next"]
                }
            } catch let error as OperationError {
                throw CommandError(error)
            }
        }
    }

    private static func description(_ state: StateOptions, _ log: LogOption? = nil) async throws -> JSONValue {
        do {
            return try await state.access().perform(.describeLog, ["log": .string((log?.log ?? .log).rawValue)])
        } catch let error as OperationError {
            throw CommandError(error)
        }
    }
}

/// The log that a command is about.
struct LogOption: ParsableArguments {
    enum Name: String, ExpressibleByArgument, CaseIterable {
        case log, acts
    }

    @Option(help: "Which log: log, the events of objects, or acts, the service's own acts.")
    var log = Name.log
}
