import ArgumentParser
import CommandSupport
import Encoding
import Issuing
import TraceLog

/// Appends the events of an EPCIS document.
struct EventImportCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "import", abstract: "Append the events of an EPCIS 2.0 document in JSON-LD, in its order.",
        discussion: """
            Prints each event's place in the log, one JSON object a line. A document with a part that the log cannot \
            hold is refused as a whole. The import ends with the first event that the installation refuses. A repeated \
            import gives the first answers again for the appended events, and goes on after them. A correction must \
            follow the event that it corrects, and gets that event's index in this log.
            """)

    @Argument(help: ArgumentHelp("The document, at most 64 MiB; - for stdin.", valueName: "file"))
    var source: String

    @Option(
        help: ArgumentHelp(
            "The object or place here for an identifier of the document, or for a subject of another installation; "
                + "may be repeated.", valueName: "uri=subject"))
    var object: [String] = []

    @OptionGroup var state: StateOptions

    // Every answer is JSON already; the option exists so that every command accepts --json.
    @OptionGroup var result: ResultOptions

    func run() async throws {
        let importer = EPCISImport(objects: try objects)
        let bytes = try CommandError.wrapping {
            try InputFile.read(source, byteCountMax: EPCISImport.byteCountMax)
        }
        let events: [ImportedEvent]
        do {
            let document = try JSONValue.parse(bytes, byteCountMax: EPCISImport.byteCountMax)
            events = try importer.events(in: document)
            try Self.check(events)
        } catch let error as JSONError {
            throw CommandError(OperationError(request: error))
        } catch let error as TraceLogError {
            throw CommandError(error)
        }
        var progress = Progress(unit: "events", total: events.count)
        var done = Appended()
        do {
            try await state.access().inOrder(.appendEvent) { ask in
                for event in events {
                    do {
                        let answer = try await ask(event.request(corrects: done.correction(of: event)))
                        done.note(event, answer)
                        StandardStream.output.write(answer.encoded() + "\n")
                        progress.advance(by: 1)
                    } catch let error as OperationError {
                        // Not thrown, so that the appended events are published.
                        StandardStream.output.write(error.json.encoded() + "\n")
                        return
                    }
                }
            }
        } catch let error as OperationError {
            throw CommandError(error)
        }
        progress.finish()
        guard done.count == events.count else {
            throw CommandError(
                code: "import_stopped", reason: "\(done.count) of \(events.count) events were appended",
                hint: "see the output's last line for the reason; mend that, then import the document again",
                status: .failure)
        }
    }

    private var objects: [String: ObjectID] {
        get throws {
            var objects: [String: ObjectID] = [:]
            for word in object {
                // A URI may hold an equals sign, but a subject does not.
                guard let sign = word.lastIndex(of: "="), sign > word.startIndex,
                    let subject = Self.subject(word[word.index(after: sign)...])
                else { throw ValidationError("--object takes URI=SUBJECT") }
                let name = word[..<sign]
                let uri = Self.subject(name).map(EPCISIdentifier.uri(of:)) ?? String(name)
                guard objects.updateValue(subject, forKey: uri) == nil else {
                    throw ValidationError("--object names \(uri) twice")
                }
            }
            return objects
        }
    }

    private static func subject(_ text: Substring) -> ObjectID? {
        (try? Hex.decode(text)).flatMap { ObjectID($0) }
    }

    /// Refuses, before anything is appended, events longer than a request may be, and corrections of events that the
    /// document does not hold.
    private static func check(_ events: [ImportedEvent]) throws(CommandError) {
        var known: Set<Appended.Place> = []
        for event in events {
            if let corrects = event.event.corrects, !known.contains(.init(object: event.object, index: corrects)) {
                throw CommandError(
                    code: "correction_unknown",
                    reason: "an event corrects entry \(corrects), which the document does not hold before it",
                    hint: "export the object's whole history", status: .failure)
            }
            if let index = event.index { known.insert(.init(object: event.object, index: index)) }
            guard event.request(corrects: .max).encoded().utf8.count <= BatchOptions.lineByteCountMax else {
                throw CommandError(
                    code: "request_too_long",
                    reason: "an event is over \(BatchOptions.lineByteCountMax) bytes as a request",
                    hint: "shorten its texts", status: .failure)
            }
        }
    }
}

/// The indices of imported events in this log.
private struct Appended {
    /// An entry of the log from which the events come.
    struct Place: Hashable {
        let object: ObjectID
        let index: UInt64
    }

    private var indices: [Place: UInt64] = [:]
    private(set) var count = 0

    mutating func note(_ event: ImportedEvent, _ answer: JSONValue) {
        count += 1
        guard let old = event.index, let new = answer["index"]?.integer else { return }
        indices[Place(object: event.object, index: old)] = UInt64(clamping: new)
    }

    /// The index in this log of the entry that an event corrects.
    func correction(of event: ImportedEvent) -> UInt64? {
        event.event.corrects.flatMap { indices[Place(object: event.object, index: $0)] }
    }
}
