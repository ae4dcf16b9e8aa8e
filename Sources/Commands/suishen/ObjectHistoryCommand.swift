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
        var collected: [JSONValue] = []
        var next: JSONValue? = .integer(Int64(clamping: from))
        while let first = next {
            let page = try await access.perform(.objectHistory, request(from: first))
            let events = page["events"]?.array ?? []
            if result.json, !epcis { print(events.map { $0.encoded() }) } else { collected += events }
            next = page["next"] == .null ? nil : page["next"]
        }
        if epcis { return StandardStream.output.write(try document(of: collected).encoded() + "\n") }
        // An erasure comes after the event whose fields it erases.
        let erased = Set(collected.compactMap { $0["erases"]?.integer })
        print(collected.map { Self.text($0, erased: erased) })
    }

    private func print(_ lines: [String]) {
        StandardStream.output.write(lines.map { $0 + "\n" }.joined())
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
    ///
    /// - Parameters:
    ///   - event: the event.
    ///   - erased: the indices of the entries whose personal fields were erased.
    /// - Returns: the lines.
    static func text(_ event: JSONValue, erased: Set<Int64> = []) -> String {
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
        if commitmentCount > 0, event["erases"] == nil {
            let isErased = event["index"]?.integer.map(erased.contains) ?? false
            lines.append("personal fields: \(commitmentCount)" + (isErased ? ", erased" : ""))
        }
        return lines.map(TerminalText.line).joined(separator: "\n      ")
    }
}
