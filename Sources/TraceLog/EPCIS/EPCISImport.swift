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
    /// The event's index in the log that it was exported from; nil where the document does not state it.
    ///
    /// `event.corrects` is an index of that log too.
    package let index: UInt64?
}

/// Reads EPCIS 2.0 documents in JSON-LD back into events.
///
/// Content without a place in the log is refused, not dropped: other types of event, terms outside the CBV, and unknown
/// members.
package struct EPCISImport: Sendable {
    package static let byteCountMax = 64 << 20
    package static let eventCountMax = 100_000
    package static let objectCountMax = 256

    /// The objects behind identifiers of other systems; `urn:suishen:object:HEX` is that object unless it is listed.
    private let objects: [String: ObjectID]

    package init(objects: [String: ObjectID] = [:]) {
        self.objects = objects
    }

    /// Reads all events of a document, or none.
    ///
    /// - Throws: `malformed_event`, `unknown_term`, `value_out_of_range`; the reason names the event by its place.
    package func events(in document: JSONValue) throws(TraceLogError) -> [ImportedEvent] {
        guard document["type"]?.string == "EPCISDocument", document["schemaVersion"]?.string == "2.0" else {
            throw EPCISMember.malformed("the document is not an EPCISDocument of schema version 2.0")
        }
        guard let events = document["epcisBody"]?["eventList"]?.array else {
            throw EPCISMember.malformed("the document has no list of events")
        }
        guard events.count <= Self.eventCountMax else {
            throw .range(
                "the document has \(events.count) events", "give at most \(Self.eventCountMax)")
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
        guard let object = value.object else { throw EPCISMember.malformed("the event is not an object") }
        let reader = EPCISEventReader(members: object, context: context)
        let (event, actor, index) = try reader.read()
        let hash = try EventHash(event: value, context: context).uri
        // An identifier that is a hash must be the event's own hash.
        if let identifier = object["eventID"]?.string, identifier.hasPrefix("ni:///sha-256;"), identifier != hash {
            throw EPCISMember.malformed("the eventID is not the hash of this event")
        }
        guard let list = object["epcList"]?.array, (1...Self.objectCountMax).contains(list.count) else {
            throw EPCISMember.malformed("the epcList does not have 1 to \(Self.objectCountMax) objects")
        }
        var imported: [ImportedEvent] = []
        for (position, item) in list.enumerated() {
            guard let uri = item.string, let object = objects[uri] ?? EPCISIdentifier.object(uri) else {
                throw TraceLogError(
                    code: .unknownTerm, reason: "the epcList has an identifier that is not an object of this log",
                    hint: "name it urn:suishen:object:HEX, or say which object it stands for")
            }
            let place = list.count == 1 ? "" : "#\(position)"
            // The hash covers the identifier, but not the object that the importer assigns to it.
            let meaning = objects[uri] == nil ? "" : "=\(Hex.encode(object.bytes))"
            imported.append(
                ImportedEvent(
                    object: object, event: event, actor: actor, idempotencyKey: hash + place + meaning, index: index))
        }
        return imported
    }
}
