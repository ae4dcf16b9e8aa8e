import ArgumentParser
import CommandSupport
import Encoding
import Issuing
import TraceLog

/// Shows what happened to an object.
struct ObjectHistoryCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "history", abstract: "Show what happened to an object or place, oldest first.",
        discussion: "This is the issuer's word; `chain-verify object ID LOG` proves it.")

    @Argument(help: "The object's or place's subject.")
    var object: String

    @Option(help: "The sequence of the first event to show.")
    var from: UInt64 = 0

    @Flag(help: "Print one EPCIS 2.0 document in JSON-LD; erasures are left out, because EPCIS has no such event.")
    var epcis = false

    @OptionGroup var state: StateOptions
    @OptionGroup var result: ResultOptions

    func run() async throws {
        do {
            try await show()
        } catch let error as OperationError {
            throw CommandError(error)
        } catch let error as TraceLogError {
            throw CommandError(error)
        }
    }

    private func show() async throws {
        let access = try state.access()
        var exported: [JSONValue] = []
        var next: JSONValue? = .integer(Int64(clamping: from))
        while let first = next {
            let page = try await access.perform(.objectHistory, request(from: first))
            let events = page["events"]?.array ?? []
            if epcis { exported += events } else { print(events) }
            next = page["next"] == .null ? nil : page["next"]
        }
        if epcis { StandardStream.output.write(try document(of: exported).encoded() + "\n") }
    }

    private func print(_ events: [JSONValue]) {
        let lines = events.map { (result.json ? $0.encoded() : Self.text($0)) + "\n" }
        StandardStream.output.write(lines.joined())
    }

    private func document(of events: [JSONValue]) throws -> JSONValue {
        var hasher = MerkleHasher()
        var entries: [(entry: Entry, link: EntryLink)] = []
        for event in events { entries.append(try Self.entry(event, &hasher)) }
        return try EPCISDocument.export(entries, creationMilliseconds: Int64(clamping: state.clock.now) * 1000)
    }

    /// The request for one page of the history, with the log's entries for an export.
    private func request(from first: JSONValue) -> JSONValue {
        var request: JSONObject = ["object": .string(object), "from": first]
        if epcis { request["with"] = "entry" }
        return .object(request)
    }

    /// The log entry of an event of the history; its hash is computed here, not taken from the answer.
    private static func entry(
        _ event: JSONValue, _ hasher: inout MerkleHasher
    ) throws -> (entry: Entry, link: EntryLink) {
        guard let text = event["entry"]?.string, let bytes = try? Hex.decode(text),
            let index = event["index"]?.integer.flatMap({ UInt64(exactly: $0) })
        else {
            throw CommandError(
                code: "answer_malformed", reason: "the daemon's history does not contain the log's entries",
                hint: "run a daemon of this version", status: .failure)
        }
        return (try Entry.decode(bytes[...]), EntryLink(leafHash: hasher.leaf(bytes), index: index))
    }

    /// Formats an event for people: time, step, actor and place on one line, the rest below.
    static func text(_ event: JSONValue) -> String {
        let milliseconds = event["eventTimeMilliseconds"]?.integer ?? event["recordedAtMilliseconds"]?.integer ?? 0
        // A day at most, so that no answer of a daemon overflows the arithmetic.
        let offset = min(max(event["offsetMinutes"]?.integer ?? 0, -1440), 1440)
        var words = ["#\(event["sequence"]?.integer ?? 0)"]
        words.append(EventTime.text(milliseconds: milliseconds, offsetMinutes: offset))
        words.append(event["step"]?.string ?? event["kind"]?.string ?? "")
        if let disposition = event["disposition"]?.string { words.append(disposition) }
        if let index = event["erases"]?.integer { words.append("entry \(index)'s personal fields") }
        if let index = event["corrects"]?.integer { words.append("corrects entry \(index)") }
        if let actor = event["actor"]?.string { words.append("by \(actor)") }
        if let location = event["location"]?.string { words.append("at \(location)") }
        var lines = [words.joined(separator: "  ") + "  (entry \(event["index"]?.integer ?? 0))"]
        if let latitude = event["latitude"]?.number, let longitude = event["longitude"]?.number {
            lines.append("\(latitude), \(longitude) (\(event["reference"]?.string ?? ""))")
        }
        for field in event["fields"]?.object?.members ?? [] {
            lines.append("\(field.key) = \(field.value.string ?? "")")
        }
        if let reason = event["reason"]?.string { lines.append("reason: \(reason)") }
        let commitmentCount = event["commitments"]?.array?.count ?? 0
        if commitmentCount > 0, event["erases"] == nil { lines.append("personal fields: \(commitmentCount)") }
        return lines.map(TerminalText.line).joined(separator: "\n      ")
    }
}
