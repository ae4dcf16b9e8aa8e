import Encoding

/// The members of an exported event in the `suishen` namespace.
enum EPCISExtension: String, CaseIterable {
    case latitudeMicrodegrees
    case longitudeMicrodegrees
    case coordinateReference
    case fields
    case name
    case value
    case corrects
    case actor
    // A time that ISO 8601 has no text for, of an event that is older than the rule against it.
    case timeMilliseconds
    case commitments
    // The event's place in the log that it was exported from; in another log it has another place.
    case index
    case sequence
    case leafHash
    case previousLeafHash

    var key: String { "\(EPCISIdentifier.prefix):\(rawValue)" }
}

/// Decimal text as a JSON number, where no digit of it is lost.
enum EPCISNumber {
    static func value(_ text: String) -> JSONValue? {
        guard let parsed = try? JSONValue.parse(text.utf8, byteCountMax: 32), self.text(parsed) == text else {
            return nil
        }
        return parsed
    }

    static func text(_ value: JSONValue) -> String? {
        switch value {
        case .integer, .number: value.encoded()
        default: nil
        }
    }
}

extension TraceEvent.Action {
    /// The term in EPCIS.
    var term: String {
        switch self {
        case .add: "ADD"
        case .observe: "OBSERVE"
        case .delete: "DELETE"
        }
    }

    init?(term: String) {
        guard let known = [TraceEvent.Action.add, .observe, .delete].first(where: { $0.term == term }) else {
            return nil
        }
        self = known
    }
}

extension Coordinates.Reference {
    var term: String {
        switch self {
        case .cgcs2000: "cgcs2000"
        case .gcj02: "gcj02"
        }
    }
}
