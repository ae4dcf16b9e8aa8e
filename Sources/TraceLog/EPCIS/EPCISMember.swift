import Encoding

/// Takes members of EPCIS events, each with its own refusal.
enum EPCISMember {
    static func malformed(_ reason: String) -> TraceLogError {
        TraceLogError(
            code: .malformedEvent, reason: reason, hint: "write the event as EPCIS 2.0 describes it in JSON-LD")
    }

    static func unknown(_ name: String) -> TraceLogError {
        TraceLogError(
            code: .unknownTerm, reason: "`\(name.prefix(EventLimits.termByteCountMax))` has no place in the log",
            hint: "leave it out, or put it in a field of the suishen namespace")
    }

    /// The extension that a key names, with the prefix that the document declares for the namespace.
    static func `extension`(_ key: String, _ context: EPCISContext) -> EPCISExtension? {
        let name = context.name(key)
        let prefix = "{\(EPCISIdentifier.namespace)}"
        guard name.hasPrefix(prefix) else { return nil }
        return EPCISExtension(rawValue: String(name.dropFirst(prefix.count)))
    }

    static func text(_ value: JSONValue, _ name: String) throws(TraceLogError) -> String {
        guard let text = value.string else { throw malformed("`\(name)` is not a text") }
        return text
    }

    static func identifier(_ value: JSONValue, _ name: String) throws(TraceLogError) -> String {
        guard let text = EPCISIdentifier.text(of: try text(value, name)) else {
            throw malformed("the percent-encoding of `\(name)` is broken")
        }
        return text
    }

    /// A term of the vocabulary without its namespace, in whichever form it was written.
    static func term(_ value: JSONValue, _ name: String, _ context: EPCISContext) throws(TraceLogError) -> String {
        let full = EventValue.canonical(context.value(try text(value, name), of: name, in: ""))
        let vocabulary = "https://ref.gs1.org/cbv/" + (name == "bizStep" ? "BizStep-" : "Disp-")
        return full.hasPrefix(vocabulary) ? String(full.dropFirst(vocabulary.count)) : full
    }

    static func place(_ value: JSONValue?, _ name: String) throws(TraceLogError) -> String? {
        guard let value else { return nil }
        guard let id = try members(value, of: ["id"])["id"] else { throw malformed("`\(name)` has no id") }
        return try identifier(id, name)
    }

    static func list(_ value: JSONValue?, _ name: String) throws(TraceLogError) -> [JSONValue] {
        guard let value else { return [] }
        guard let items = value.array else { throw malformed("`\(name)` is not a list") }
        try EventLimits.check(count: items.count, "items of \(name)")
        return items
    }

    /// An object's members, all of which must be among the `names`.
    static func members(_ value: JSONValue, of names: Set<String>) throws(TraceLogError) -> JSONObject {
        guard let object = value.object else { throw malformed("a value stands in the place of an object") }
        for member in object.members where !names.contains(member.key) { throw unknown(member.key) }
        return object
    }
}

/// Reads one element of a `sensorElementList`.
enum EPCISSensorReader {
    static func read(_ value: JSONValue, _ context: EPCISContext) throws(TraceLogError) -> SensorElement {
        let members = try EPCISMember.members(value, of: ["sensorMetadata", "sensorReport"])
        let metadata = try EPCISMember.members(members["sensorMetadata"] ?? [:], of: ["time", "deviceID"])
        var time: Int64?
        if let text = metadata["time"] {
            time = EventTime.parse(try EPCISMember.text(text, "time"))
            guard time != nil else { throw EPCISMember.malformed("a sensor's time is malformed") }
        }
        let device = try metadata["deviceID"].map { value throws(TraceLogError) in
            try EPCISMember.identifier(value, "deviceID")
        }
        var reports: [SensorElement.Report] = []
        for item in try EPCISMember.list(members["sensorReport"], "sensorReport") {
            reports.append(try report(item))
        }
        return SensorElement(timeMilliseconds: time, device: device, reports: reports)
    }

    private static func report(_ value: JSONValue) throws(TraceLogError) -> SensorElement.Report {
        let members = try EPCISMember.members(value, of: ["type", "value", "stringValue", "uom"])
        guard let type = members["type"] else { throw EPCISMember.malformed("a sensor report has no type") }
        let content: String
        switch (members["value"], members["stringValue"]) {
        case (let number?, nil):
            guard let text = EPCISNumber.text(number) else {
                throw EPCISMember.malformed("a sensor's value is not a number")
            }
            content = text
        case (nil, let text?): content = try EPCISMember.text(text, "stringValue")
        default: throw EPCISMember.malformed("a sensor report does not have exactly one value")
        }
        let unit = try members["uom"].map { value throws(TraceLogError) in try EPCISMember.text(value, "uom") }
        return SensorElement.Report(type: try EPCISMember.text(type, "type"), value: content, unit: unit)
    }
}
