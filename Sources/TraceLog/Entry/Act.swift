import Encoding

/// An act of the service itself: `{0: 4, 1: term, 2: [[name, value], …]}`, in the chain of the term's stream.
///
/// The fields are those of the term, in ascending order of their names. No field names a person: a revocation has only
/// commitments, whose openings stay in the registry.
package struct Act: Sendable, Equatable {
    package let term: ActTerm
    /// The values, in the order of ``ActTerm/fieldNames``.
    package let values: [String]

    /// Takes an act whose values are in the order of its term's field names.
    ///
    /// - Throws: `value_out_of_range`.
    package init(_ term: ActTerm, _ values: [String]) throws(TraceLogError) {
        guard values.count == term.fieldNames.count else {
            throw .range("the act has \(values.count) fields", "give a value for each of its fields")
        }
        for value in values { try EventLimits.check(value, "a field of an act") }
        self.term = term
        self.values = values
    }

    private init(read term: ActTerm, _ values: [String]) {
        self.term = term
        self.values = values
    }

    /// The value of a field; nil when the term has no such field.
    package subscript(_ name: String) -> String? {
        term.fieldNames.firstIndex { $0 == name }.map { values[$0] }
    }

    func write(to writer: inout CBORWriter) {
        writer.map(count: 3)
        writer.unsigned(0)
        writer.unsigned(LogEvent.Kind.act.rawValue)
        writer.unsigned(1)
        writer.text(term.rawValue)
        writer.unsigned(2)
        writer.array(count: values.count)
        let names = term.fieldNames
        for place in values.indices {
            writer.array(count: 2)
            writer.text(names[place])
            writer.text(values[place])
        }
    }

    static func read(_ reader: inout EntryReader, _ map: inout EventMapReader) throws(TraceLogError) -> Act {
        try map.expect(1, &reader)
        let term = try ActTerm(term: EventLimits.readText(&reader))
        try map.expect(2, &reader)
        let names = term.fieldNames
        try EventLimits.expectArray(names.count, &reader)
        var values: [String] = []
        for name in names {
            try EventLimits.expectArray(2, &reader)
            guard try reader.readText() == name else { throw .entry("the act's fields are not those of its term") }
            values.append(try EventLimits.readText(&reader))
        }
        try map.finish(&reader)
        return Act(read: term, values)
    }
}
