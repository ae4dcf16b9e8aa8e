import Encoding

extension TraceEvent {
    private static let offsets: ClosedRange<Int64> = -840...840

    func write(to writer: inout CBORWriter) throws(TraceLogError) {
        try check()
        let optionalCount = [
            disposition != nil, readPoint != nil, businessLocation != nil, coordinates != nil,
            !transactions.isEmpty, !sensorElements.isEmpty, !fields.isEmpty, corrects != nil,
        ].count { $0 }
        writer.map(count: 5 + optionalCount)
        writer.unsigned(0)
        writer.unsigned(LogEvent.Kind.observed.rawValue)
        writer.unsigned(1)
        writer.integer(timeMilliseconds)
        writer.unsigned(2)
        writer.integer(offsetMinutes)
        writer.unsigned(3)
        writer.unsigned(action.rawValue)
        writer.unsigned(4)
        writer.text(step.rawValue)
        for (key, text) in [(UInt64(5), disposition?.rawValue), (6, readPoint), (7, businessLocation)] {
            guard let text else { continue }
            writer.unsigned(key)
            writer.text(text)
        }
        writeLists(to: &writer)
    }

    private func writeLists(to writer: inout CBORWriter) {
        if let coordinates {
            writer.unsigned(8)
            coordinates.write(to: &writer)
        }
        if !transactions.isEmpty {
            writer.unsigned(9)
            writer.array(count: transactions.count)
            for transaction in transactions {
                writer.array(count: 2)
                EventLimits.write(transaction.type, to: &writer)
                writer.text(transaction.identifier)
            }
        }
        if !sensorElements.isEmpty {
            writer.unsigned(10)
            writer.array(count: sensorElements.count)
            for element in sensorElements { element.write(to: &writer) }
        }
        if !fields.isEmpty {
            writer.unsigned(11)
            writer.array(count: fields.count)
            for field in fields {
                writer.array(count: 2)
                writer.text(field.name)
                writer.text(field.value)
            }
        }
        if let corrects {
            writer.unsigned(12)
            writer.unsigned(corrects)
        }
    }

    /// Refuses times that ISO 8601 cannot write, which would keep the event out of every EPCIS document.
    ///
    /// A log that has such an event is read and proved all the same, so that encoding does not ask for this.
    ///
    /// - Throws: `value_out_of_range`.
    package func checkTimes() throws(TraceLogError) {
        let times = [timeMilliseconds] + sensorElements.compactMap { $0.timeMilliseconds }
        guard times.allSatisfy({ EventTime.milliseconds.contains($0) }) else {
            throw .range(
                "a time of the event lies outside the years 0000 to 9999",
                "give milliseconds since 1970-01-01T00:00:00Z within those years")
        }
    }

    private func check() throws(TraceLogError) {
        guard Self.offsets.contains(offsetMinutes) else {
            throw .range("the offset is \(offsetMinutes) minutes", "give minutes from UTC, -840 to 840")
        }
        if let readPoint { try EventLimits.check(readPoint, "a read point") }
        if let businessLocation { try EventLimits.check(businessLocation, "a business location") }
        try coordinates?.check()
        for (count, name) in [
            (transactions.count, "transactions"), (sensorElements.count, "sensor elements"), (fields.count, "fields"),
        ] where count > 0 { try EventLimits.check(count: count, name) }
        for transaction in transactions {
            if let type = transaction.type { try EventLimits.check(type, "a transaction's type") }
            try EventLimits.check(transaction.identifier, "a transaction")
        }
        for element in sensorElements { try element.check() }
        for field in fields {
            try EventLimits.check(field.name, "a field's name")
            try EventLimits.check(field.value, "a field's value")
        }
        guard Self.areAscending(fields) else {
            throw .range("the fields are not in ascending order of names", "sort them and give each name once")
        }
    }

    static func read(_ reader: inout EntryReader, _ map: inout EventMapReader) throws(TraceLogError) -> TraceEvent {
        try map.expect(1, &reader)
        let time = try reader.readInteger()
        try map.expect(2, &reader)
        let offset = try reader.readInteger()
        guard offsets.contains(offset) else { throw .entry("the event's offset is \(offset) minutes") }
        try map.expect(3, &reader)
        guard let action = Action(rawValue: try reader.readUnsigned()) else {
            throw .entry("the event's action is unknown to EPCIS")
        }
        try map.expect(4, &reader)
        let step = try BusinessStep(term: reader.readText())
        var event = TraceEvent(timeMilliseconds: time, offsetMinutes: offset, action: action, step: step)
        while let key = try map.nextKey(&reader) { try event.readOptional(key, &reader) }
        return event
    }

    private mutating func readOptional(_ key: Int64, _ reader: inout EntryReader) throws(TraceLogError) {
        switch key {
        case 5: disposition = try Disposition(term: reader.readText())
        case 6: readPoint = try EventLimits.readText(&reader)
        case 7: businessLocation = try EventLimits.readText(&reader)
        case 8: coordinates = try Coordinates.read(&reader)
        case 9:
            for _ in 0..<(try EventLimits.readCount(&reader)) {
                try EventLimits.expectArray(2, &reader)
                let type = try EventLimits.readOptionalText(&reader)
                transactions.append(BusinessTransaction(type: type, identifier: try EventLimits.readText(&reader)))
            }
        case 10:
            for _ in 0..<(try EventLimits.readCount(&reader)) {
                sensorElements.append(try SensorElement.read(&reader))
            }
        case 11:
            for _ in 0..<(try EventLimits.readCount(&reader)) {
                try EventLimits.expectArray(2, &reader)
                let name = try EventLimits.readText(&reader)
                fields.append(Field(name: name, value: try EventLimits.readText(&reader)))
            }
            guard Self.areAscending(fields) else { throw .entry("fields out of order") }
        case 12: corrects = try reader.readUnsigned()
        default: throw .entry("an event with the unknown key \(key)")
        }
    }

    private static func areAscending(_ fields: [Field]) -> Bool {
        zip(fields, fields.dropFirst()).allSatisfy { $0.name.utf8.lexicographicallyPrecedes($1.name.utf8) }
    }
}
