import Encoding

/// Reads one ObjectEvent, and refuses every member that it does not know.
struct EPCISEventReader {
    private static let known: Set<String> = [
        "type", "@context", "eventID", "eventTime", "eventTimeZoneOffset", "recordTime", "epcList", "action", "bizStep",
        "disposition", "readPoint", "bizLocation", "bizTransactionList", "sensorElementList",
    ]

    private let members: JSONObject
    private let context: EPCISContext

    init(members: JSONObject, context: EPCISContext) {
        self.members = members
        self.context = context
    }

    /// The event, the actor that it names, and its index in the log that it comes from.
    func read() throws(TraceLogError) -> (event: TraceEvent, actor: String?, index: UInt64?) {
        guard members["type"]?.string == "ObjectEvent" else {
            throw TraceLogError(
                code: .unknownTerm, reason: "the event's type is not ObjectEvent",
                hint: "the log keeps events of single objects; write each as an ObjectEvent")
        }
        var extensions: [EPCISExtension: JSONValue] = [:]
        for member in members.members where !Self.known.contains(member.key) {
            guard let known = EPCISMember.extension(member.key, context) else {
                throw EPCISMember.unknown(member.key)
            }
            extensions[known] = member.value
        }
        var event = try readBasics()
        event.readPoint = try EPCISMember.place(members["readPoint"], "readPoint")
        event.businessLocation = try EPCISMember.place(members["bizLocation"], "bizLocation")
        event.transactions = try readTransactions()
        for element in try EPCISMember.list(members["sensorElementList"], "sensorElementList") {
            event.sensorElements.append(try EPCISSensorReader.read(element, context))
        }
        try readExtensions(extensions, into: &event)
        guard extensions[.commitments] == nil else {
            throw TraceLogError(
                code: .malformedEvent,
                reason: "the event has personal fields, of which the document only has the commitments",
                hint: "append such an event where its openings are")
        }
        guard extensions[.timeMilliseconds] == nil else {
            throw EPCISMember.malformed("a time lies outside the years 0000 to 9999")
        }
        try event.checkTimes()
        var writer = CBORWriter(capacity: 512)
        try event.write(to: &writer)
        let actor = try extensions[.actor].map { value throws(TraceLogError) in try EPCISMember.text(value, "actor") }
        return (event, actor, try extensions[.index].map(Self.index))
    }

    private func readBasics() throws(TraceLogError) -> TraceEvent {
        guard let time = members["eventTime"]?.string.flatMap({ EventTime.parse($0) }) else {
            throw EPCISMember.malformed("the event has no eventTime in ISO 8601 with an offset")
        }
        guard let offset = members["eventTimeZoneOffset"]?.string.flatMap({ EventTime.offsetMinutes($0.utf8) }) else {
            throw EPCISMember.malformed("the event has no eventTimeZoneOffset")
        }
        guard let action = members["action"]?.string.flatMap({ TraceEvent.Action(term: $0) }) else {
            throw EPCISMember.malformed("the event's action is not ADD, OBSERVE or DELETE")
        }
        guard let step = members["bizStep"] else { throw EPCISMember.malformed("the event has no bizStep") }
        var event = TraceEvent(
            timeMilliseconds: time, offsetMinutes: offset, action: action,
            step: try BusinessStep(term: EPCISMember.term(step, "bizStep", context)))
        if let disposition = members["disposition"] {
            event.disposition = try Disposition(term: EPCISMember.term(disposition, "disposition", context))
        }
        return event
    }

    private func readTransactions() throws(TraceLogError) -> [TraceEvent.BusinessTransaction] {
        var transactions: [TraceEvent.BusinessTransaction] = []
        for item in try EPCISMember.list(members["bizTransactionList"], "bizTransactionList") {
            let members = try EPCISMember.members(item, of: ["type", "bizTransaction"])
            guard let identifier = members["bizTransaction"] else {
                throw EPCISMember.malformed("a business transaction has no identifier")
            }
            transactions.append(
                TraceEvent.BusinessTransaction(
                    type: try members["type"].map { value throws(TraceLogError) in
                        try EPCISMember.text(value, "type")
                    },
                    identifier: try EPCISMember.identifier(identifier, "bizTransaction")))
        }
        return transactions
    }

    private func readExtensions(
        _ extensions: [EPCISExtension: JSONValue], into event: inout TraceEvent
    ) throws(TraceLogError) {
        let point = (
            extensions[.latitudeMicrodegrees]?.integer, extensions[.longitudeMicrodegrees]?.integer,
            extensions[.coordinateReference]?.string
        )
        switch point {
        case (let latitude?, let longitude?, let term?):
            let reference = [Coordinates.Reference.cgcs2000, .gcj02].first { $0.term == term }
            guard let reference else { throw EPCISMember.unknown(term) }
            event.coordinates = Coordinates(
                latitudeMicrodegrees: latitude, longitudeMicrodegrees: longitude, reference: reference)
        case (nil, nil, nil): break
        default: throw EPCISMember.malformed("the coordinates lack latitude, longitude or reference")
        }
        for item in try EPCISMember.list(extensions[.fields], EPCISExtension.fields.key) {
            var pair: [EPCISExtension: String] = [:]
            for member in item.object?.members ?? [] {
                guard let key = EPCISMember.extension(member.key, context), key == .name || key == .value else {
                    throw EPCISMember.unknown(member.key)
                }
                pair[key] = try EPCISMember.text(member.value, member.key)
            }
            guard let name = pair[.name], let value = pair[.value] else {
                throw EPCISMember.malformed("a field lacks its name or value")
            }
            event.fields.append(TraceEvent.Field(name: name, value: value))
        }
        if let corrects = extensions[.corrects] {
            event.corrects = try Self.index(corrects)
        }
    }

    private static func index(_ value: JSONValue) throws(TraceLogError) -> UInt64 {
        guard let index = value.integer.flatMap({ UInt64(exactly: $0) }) else {
            throw EPCISMember.malformed("an index is not a whole number from 0")
        }
        return index
    }
}
