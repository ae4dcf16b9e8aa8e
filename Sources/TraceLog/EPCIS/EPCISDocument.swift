package import Encoding

/// Writes observed events as an EPCIS 2.0 document in JSON-LD.
///
/// An `eventID` is the event hash of CBV 2.0 over the event as it is written, so that a reader
/// of the document can check it without this project. Members without an EPCIS term have the `suishen` namespace.
package enum EPCISDocument {
    static let contextURI = "https://ref.gs1.org/standards/epcis/2.0.0/epcis-context.jsonld"
    static let schemaVersion = "2.0"

    static let context: JSONValue = [
        .string(contextURI), .object([EPCISIdentifier.prefix: .string(EPCISIdentifier.namespace)]),
    ]

    /// A document of all observed events among the entries; other kinds have no form in EPCIS and are left out.
    ///
    /// - Parameters:
    ///   - entries: entries with their place in the log.
    ///   - creationMilliseconds: when the document is made, since 1970-01-01T00:00:00Z.
    /// - Returns: the document.
    /// - Throws: `malformed_event`.
    package static func export(
        _ entries: [(entry: Entry, link: EntryLink)], creationMilliseconds: Int64
    ) throws(TraceLogError) -> JSONValue {
        var events: [JSONValue] = []
        for (entry, link) in entries {
            guard case .observed(let event) = entry.event else { continue }
            events.append(try self.event(event, of: entry, at: link))
        }
        return [
            "@context": context,
            "type": "EPCISDocument",
            "schemaVersion": .string(schemaVersion),
            "creationDate": .string(EventTime.text(milliseconds: creationMilliseconds)),
            "epcisBody": ["eventList": .array(events)],
        ]
    }

    /// One event with its identifier.
    static func event(
        _ event: TraceEvent, of entry: Entry, at link: EntryLink
    ) throws(TraceLogError) -> JSONValue {
        // Beyond JSON's whole numbers, the document would name another entry.
        guard event.corrects ?? 0 <= UInt64(Int64.max) else {
            throw EPCISMember.malformed("the event corrects an index beyond the whole numbers of JSON")
        }
        var members: JSONObject = ["type": "ObjectEvent"]
        let offset = event.offsetMinutes
        members["eventTime"] = .string(EventTime.text(milliseconds: event.timeMilliseconds, offsetMinutes: offset))
        members["eventTimeZoneOffset"] = .string(EventTime.offsetText(offset))
        members["recordTime"] = .string(EventTime.text(milliseconds: Int64(clamping: entry.recordedAtMilliseconds)))
        members["epcList"] = [.string(EPCISIdentifier.uri(of: entry.object))]
        members["action"] = .string(event.action.term)
        members["bizStep"] = .string(event.step.rawValue)
        if let disposition = event.disposition { members["disposition"] = .string(disposition.rawValue) }
        if let place = event.readPoint { members["readPoint"] = ["id": .string(EPCISIdentifier.uri(of: place))] }
        if let place = event.businessLocation {
            members["bizLocation"] = ["id": .string(EPCISIdentifier.uri(of: place))]
        }
        if !event.transactions.isEmpty {
            members["bizTransactionList"] = .array(event.transactions.map(transaction))
        }
        if !event.sensorElements.isEmpty { members["sensorElementList"] = .array(event.sensorElements.map(sensor)) }
        addExtensions(event, of: entry, at: link, to: &members)
        let hash = try EventHash(event: .object(members), context: EPCISContext(context))
        members["eventID"] = .string(hash.uri)
        return .object(members)
    }

    private static func transaction(_ transaction: TraceEvent.BusinessTransaction) -> JSONValue {
        var members = JSONObject()
        if let type = transaction.type { members["type"] = .string(type) }
        members["bizTransaction"] = .string(EPCISIdentifier.uri(of: transaction.identifier))
        return .object(members)
    }

    /// A time outside the years 0000 to 9999, for which ISO 8601 only has the nearest one; nil for any other time.
    private static func exactTime(_ milliseconds: Int64) -> JSONValue? {
        EventTime.milliseconds.contains(milliseconds) ? nil : .integer(milliseconds)
    }

    private static func sensor(_ element: SensorElement) -> JSONValue {
        var metadata = JSONObject()
        if let time = element.timeMilliseconds {
            metadata["time"] = .string(EventTime.text(milliseconds: time))
            if let exact = exactTime(time) { metadata[EPCISExtension.timeMilliseconds.key] = exact }
        }
        if let device = element.device { metadata["deviceID"] = .string(EPCISIdentifier.uri(of: device)) }
        var members = JSONObject()
        if !metadata.members.isEmpty { members["sensorMetadata"] = .object(metadata) }
        members["sensorReport"] = .array(
            element.reports.map { report in
                var members: JSONObject = ["type": .string(report.type)]
                // Only a number that JSON gives back as the same text is one; the log's text is what counts.
                if let number = EPCISNumber.value(report.value) {
                    members["value"] = number
                } else {
                    members["stringValue"] = .string(report.value)
                }
                if let unit = report.unit { members["uom"] = .string(unit) }
                return .object(members)
            })
        return .object(members)
    }

    private static func addExtensions(
        _ event: TraceEvent, of entry: Entry, at link: EntryLink, to members: inout JSONObject
    ) {
        func add(_ name: EPCISExtension, _ value: JSONValue) { members[name.key] = value }
        if let exact = exactTime(event.timeMilliseconds) { add(.timeMilliseconds, exact) }
        if let point = event.coordinates {
            add(.latitudeMicrodegrees, .integer(point.latitudeMicrodegrees))
            add(.longitudeMicrodegrees, .integer(point.longitudeMicrodegrees))
            add(.coordinateReference, .string(point.reference.term))
        }
        if !event.fields.isEmpty {
            add(
                .fields,
                .array(
                    event.fields.map { field in
                        .object([
                            EPCISExtension.name.key: .string(field.name),
                            EPCISExtension.value.key: .string(field.value),
                        ])
                    }))
        }
        if let corrects = event.corrects { add(.corrects, .integer(Int64(clamping: corrects))) }
        if !entry.actor.isEmpty { add(.actor, .string(entry.actor)) }
        if !entry.commitments.isEmpty {
            add(.commitments, .array(entry.commitments.map { .string(Hex.encode($0.bytes)) }))
        }
        add(.index, .integer(Int64(clamping: link.index)))
        add(.sequence, .integer(Int64(clamping: entry.sequence)))
        add(.leafHash, .string(Hex.encode(link.leafHash.bytes)))
        if let previous = entry.previous { add(.previousLeafHash, .string(Hex.encode(previous.leafHash.bytes))) }
    }
}
