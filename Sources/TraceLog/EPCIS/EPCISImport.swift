package import Encoding

/// One event of an EPCIS document, about one object, ready to be appended.
package struct ImportedEvent: Sendable, Equatable {
    package let object: ObjectID
    package let event: TraceEvent
    /// The USCC that the document names; nil where it names none.
    package let actor: String?
    /// The event hash of CBV 2.0, the object's place in the event's list where that has several, and the object where
    /// the importer named it: a key by which the same document, imported again, changes nothing.
    package let idempotencyKey: String
    /// Where the event stands in the log that it was exported from; nil where the document does not say.
    ///
    /// `event.corrects` is an index of that log too.
    package let index: UInt64?
}

/// Reads EPCIS 2.0 documents in JSON-LD back into events.
///
/// What the log has no place for is refused rather than dropped: other types of event, terms that are not the CBV's,
/// members that are neither mapped here nor the place of an event in the log it came from.
package struct EPCISImport: Sendable {
    package static let byteCountMax = 64 << 20
    package static let eventCountMax = 100_000
    package static let objectCountMax = 256

    /// Which objects identifiers of other systems stand for; `urn:suishen:object:HEX` stands for itself unless it is
    /// among them.
    private let objects: [String: ObjectID]

    package init(objects: [String: ObjectID] = [:]) {
        self.objects = objects
    }

    /// Reads all events of a document, or none.
    ///
    /// - Throws: `malformed_event`, `unknown_term`, `value_out_of_range`; the reason names the event by its place.
    package func events(in document: JSONValue) throws(TraceLogError) -> [ImportedEvent] {
        guard document["type"]?.string == "EPCISDocument", document["schemaVersion"]?.string == "2.0" else {
            throw EPCISMember.malformed("a document that is no EPCISDocument of schema version 2.0")
        }
        guard let events = document["epcisBody"]?["eventList"]?.array else {
            throw EPCISMember.malformed("a document without a list of events")
        }
        guard events.count <= Self.eventCountMax else {
            throw .range("\(events.count) events in one document", "give \(Self.eventCountMax) at most")
        }
        let context = EPCISContext(document["@context"])
        var imported: [ImportedEvent] = []
        for (position, event) in events.enumerated() {
            do {
                imported += try self.events(event, context: context)
            } catch {
                throw TraceLogError(
                    code: error.code, reason: "event \(position) of the document: \(error.reason)", hint: error.hint)
            }
        }
        return imported
    }

    private func events(_ value: JSONValue, context: EPCISContext) throws(TraceLogError) -> [ImportedEvent] {
        guard let object = value.object else { throw EPCISMember.malformed("an event that is no object") }
        let reader = EPCISEventReader(members: object, context: context)
        let (event, actor, index) = try reader.read()
        let hash = try EventHash(event: value, context: context).uri
        // A hash that stands as the identifier is a claim about the event, and is held to it.
        if let identifier = object["eventID"]?.string, identifier.hasPrefix("ni:///sha-256;"), identifier != hash {
            throw EPCISMember.malformed("its eventID is the hash of another event")
        }
        guard let list = object["epcList"]?.array, (1...Self.objectCountMax).contains(list.count) else {
            throw EPCISMember.malformed("no epcList of 1 to \(Self.objectCountMax) objects")
        }
        var imported: [ImportedEvent] = []
        for (position, item) in list.enumerated() {
            guard let uri = item.string, let object = objects[uri] ?? EPCISIdentifier.object(uri) else {
                throw TraceLogError(
                    code: .unknownTerm, reason: "an epcList with an identifier that is no object of this log",
                    hint: "name it urn:suishen:object:HEX, or say which object it stands for")
            }
            let place = list.count == 1 ? "" : "#\(position)"
            // The hash covers the identifier, but not what the importer says that it stands for.
            let meaning = objects[uri] == nil ? "" : "=\(Hex.encode(object.bytes))"
            imported.append(
                ImportedEvent(
                    object: object, event: event, actor: actor, idempotencyKey: hash + place + meaning, index: index))
        }
        return imported
    }
}
