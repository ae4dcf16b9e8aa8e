import ArgumentParser
import CommandSupport
import Encoding
import Issuing
import Signing

/// Appends to the trace log, and erases personal fields.
struct EventCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "event", abstract: "Append to an object's history, or erase personal fields from it.",
        subcommands: [Append.self, EventImportCommand.self, Erase.self])

    struct Append: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Append an event to a registered object's or place's history.",
            discussion: """
                The log holds only commitments to personal fields; the registry holds their values until they are \
                erased. Everything else is readable for every reader of the log. With --actor-key the actor signs the \
                event as the log holds it, and auditors check the signature; register the key first with \
                `suishen enterprise key add`. With --from, one signature covers a batch of events.
                """)

        @Argument(help: "The object's or place's subject.")
        var object: String?

        @Option(help: "The business step, a term of GS1 CBV 2.0 such as inspecting.")
        var step: String?

        @Option(help: "The disposition, a term of GS1 CBV 2.0 such as conformant.")
        var disposition: String?

        @Option(help: "The place of the event.")
        var location: String?

        @OptionGroup var coordinates: CoordinateOptions

        @Option(help: "The actor: a unified social credit code; the service itself by default.")
        var actor: String?

        @Option(help: ArgumentHelp("A field in the log; may be repeated.", valueName: "name=value"))
        var field: [String] = []

        @Option(
            help: ArgumentHelp(
                """
                A personal field, kept out of the log; may be repeated. NAME=- takes the value from a line of stdin, \
                because every user of this machine can read a command line.
                """, valueName: "name=value"))
        var personal: [String] = []

        @Option(help: "The index of the entry that this event corrects.")
        var corrects: UInt64?

        @Option(help: "The sequence that the event must get; the append is a conflict when another event has taken it.")
        var expectSequence: UInt64?

        @Option(help: "With --expect-sequence, the leaf hash of the previous event, in hex.")
        var expectPrevious: String?

        @Option(help: "The actor's private key, PEM, to sign the event or all events of --from.")
        var actorKey: String?

        @OptionGroup var request: RequestOptions

        func validate() throws {
            guard request.batch.source != nil || object != nil && step != nil else {
                throw ValidationError("OBJECT and --step are required, or --from FILE")
            }
            _ = try members()
        }

        func run() async throws {
            var input = InputValues()
            var values: [String] = []
            for word in personal { values.append(try Self.completed(word, from: &input)) }
            let members = try members(values)
            guard let actorKey else { return try await request.run(.appendEvent, members) }
            let key = try CommandError.wrapping { try KeyOption.key(actorKey) }
            try await request.runSigned(EventSigner(key: key, random: SystemRandom()), members)
        }

        /// The word with its value from stdin when the value is `-`.
        private static func completed(_ word: String, from input: inout InputValues) throws(CommandError) -> String {
            guard let sign = word.firstIndex(of: "="), let value = try input.value(String(word[sign...].dropFirst()))
            else { return word }
            return word[...sign] + value
        }

        /// The request's members; `completed` has the personal fields with their values from stdin.
        private func members(_ completed: [String]? = nil) throws -> [(String, JSONValue?)] {
            [
                ("object", object.map(JSONValue.string)), ("step", step.map(JSONValue.string)),
                ("disposition", disposition.map(JSONValue.string)), ("location", location.map(JSONValue.string)),
                ("actor", actor.map(JSONValue.string)),
                ("fields", try Self.texts(field, "--field")),
                ("personal", try Self.texts(completed ?? personal, "--personal")),
                ("corrects", corrects.map { .integer(Int64(clamping: $0)) }), ("expected", try expected),
            ] + coordinates.members
        }

        private var expected: JSONValue? {
            get throws {
                guard let expectSequence else {
                    guard expectPrevious == nil else {
                        throw ValidationError("--expect-previous needs --expect-sequence")
                    }
                    return nil
                }
                return [
                    "sequence": .integer(Int64(clamping: expectSequence)),
                    "previous": expectPrevious.map(JSONValue.string) ?? .null,
                ]
            }
        }

        /// Makes one object from `NAME=VALUE` words; an error never shows a value.
        private static func texts(_ words: [String], _ option: String) throws -> JSONValue? {
            guard !words.isEmpty else { return nil }
            var object: JSONObject = [:]
            for word in words {
                guard let sign = word.firstIndex(of: "="), sign > word.startIndex else {
                    throw ValidationError("\(option) takes NAME=VALUE")
                }
                let name = String(word[..<sign])
                guard object[name] == nil else { throw ValidationError("\(option) names \(name) twice") }
                object[name] = .string(String(word[word.index(after: sign)...]))
            }
            return .object(object)
        }
    }

    struct Erase: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Delete an event's personal fields for good.",
            discussion: "The log keeps their commitments and records the erasure, so that audits still pass.")

        @Argument(help: "The object's or place's subject.")
        var object: String

        @Argument(help: "The index of the event's entry in the log: N where the history says (entry N), not #N.")
        var index: UInt64

        @Option(help: "The reason, without personal data: it enters the log.")
        var reason: String

        @Option(help: "Who requests the erasure: a unified social credit code; the service itself by default.")
        var actor: String?

        @OptionGroup var change: ChangeOptions

        func run() async throws {
            var members: JSONObject = [
                "object": .string(object), "index": .integer(Int64(clamping: index)), "reason": .string(reason),
            ]
            members["actor"] = actor.map(JSONValue.string)
            try await change.run(.eraseEvent, members)
        }
    }
}
