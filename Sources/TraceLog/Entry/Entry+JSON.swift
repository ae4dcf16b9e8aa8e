package import Encoding

extension Entry {
    /// The entry with its place, for a history; of personal fields only the commitments.
    ///
    /// - Parameter link: the entry's place in the log.
    /// - Returns: one object, under the names that a request to append uses.
    package func described(at link: EntryLink) -> JSONObject {
        var object: JSONObject = [
            "index": .integer(Int64(clamping: link.index)), "sequence": .integer(Int64(clamping: sequence)),
            "leafHash": .string(Hex.encode(link.leafHash.bytes)),
            "recordedAtMilliseconds": .integer(Int64(clamping: recordedAtMilliseconds)),
            "actor": actor.isEmpty ? .null : .string(actor),
        ]
        switch event {
        case .observed(let event):
            object["kind"] = "observed"
            event.describe(in: &object)
        case .erased(let erasure):
            object["kind"] = "erased"
            object["erases"] = .integer(Int64(clamping: erasure.index))
            object["commitments"] = .array(erasure.commitments.map { .string(Hex.encode($0.bytes)) })
            object["reason"] = .string(erasure.reason)
        case .keyStatus(let change):
            object["kind"] = "key-status"
            object["key"] = .string(Hex.encode(change.keyIdentifier))
            object["status"] = .string("\(change.status)")
        case .heads(let heads):
            object["kind"] = "heads"
            object["objects"] = .integer(Int64(clamping: heads.objectCount))
        case .act(let act):
            object["kind"] = "act"
            object["act"] = .string(act.term.rawValue)
            for (name, value) in zip(act.term.fieldNames, act.values) { object[name] = .string(value) }
        }
        if !commitments.isEmpty {
            object["commitments"] = .array(commitments.map { .string(Hex.encode($0.bytes)) })
        }
        return object
    }
}

extension TraceEvent {
    /// Adds the event's members, under the names that a request to append uses.
    package func describe(in object: inout JSONObject) {
        object["eventTimeMilliseconds"] = .integer(timeMilliseconds)
        object["offsetMinutes"] = .integer(offsetMinutes)
        object["action"] = .string(action.name)
        object["step"] = .string(step.rawValue)
        object["disposition"] = (disposition?.rawValue).map(JSONValue.string)
        object["location"] = readPoint.map(JSONValue.string)
        object["businessLocation"] = businessLocation.map(JSONValue.string)
        if let coordinates {
            object["latitude"] = .number(Double(coordinates.latitudeMicrodegrees) / 1e6)
            object["longitude"] = .number(Double(coordinates.longitudeMicrodegrees) / 1e6)
            object["reference"] = .string(coordinates.reference == .cgcs2000 ? "cgcs2000" : "gcj02")
        }
        if !transactions.isEmpty {
            object["transactions"] = .array(
                transactions.map { transaction in
                    var item: JSONObject = [:]
                    item["type"] = transaction.type.map(JSONValue.string)
                    item["id"] = .string(transaction.identifier)
                    return .object(item)
                })
        }
        if !sensorElements.isEmpty { object["sensors"] = .array(sensorElements.map { $0.json }) }
        if !fields.isEmpty {
            object["fields"] = .object(JSONObject(fields.map { .init(key: $0.name, value: .string($0.value)) }))
        }
        object["corrects"] = corrects.map { .integer(Int64(clamping: $0)) }
    }
}

extension SensorElement {
    fileprivate var json: JSONValue {
        var object: JSONObject = [:]
        object["timeMilliseconds"] = timeMilliseconds.map(JSONValue.integer)
        object["device"] = device.map(JSONValue.string)
        object["reports"] = .array(
            reports.map { report in
                var item: JSONObject = ["type": .string(report.type), "value": .string(report.value)]
                item["unit"] = report.unit.map(JSONValue.string)
                return .object(item)
            })
        return .object(object)
    }
}
