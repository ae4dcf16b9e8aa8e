import Encoding

/// A request's members, each read with its own refusal.
struct RequestFields: Sendable {
    private let object: JSONObject

    init(_ body: JSONValue, operation: IssuerOperation) throws(OperationError) {
        try self.init(body, of: operation.members, in: operation.rawValue)
    }

    private init(_ body: JSONValue, of members: Set<String>, in place: String) throws(OperationError) {
        guard let object = body.object else {
            throw OperationError(
                code: "request_malformed", reason: "\(place) takes a JSON object",
                hint: "send one object, its members as `suishen --help` names them")
        }
        if let unknown = object.members.first(where: { !members.contains($0.key) }) {
            throw OperationError(
                code: "request_malformed", reason: "\(place) takes no member `\(unknown.key.prefix(40))`",
                hint: "it takes \(members.sorted().joined(separator: ", "))")
        }
        self.object = object
    }

    func optionalString(_ name: String) throws(OperationError) -> String? {
        switch object[name] {
        case nil, .null: return nil
        case .string(let value): return value
        default: throw Self.wrongType(name, "a string")
        }
    }

    func string(_ name: String) throws(OperationError) -> String {
        guard let value = try optionalString(name) else {
            throw OperationError(
                code: "request_malformed", reason: "the member `\(name)` is missing", hint: "add it to the request")
        }
        return value
    }

    func optionalInteger(_ name: String) throws(OperationError) -> Int64? {
        switch object[name] {
        case nil, .null: return nil
        case .integer(let value): return value
        default: throw Self.wrongType(name, "a whole number")
        }
    }

    func optionalUnsigned(_ name: String) throws(OperationError) -> UInt64? {
        switch object[name] {
        case nil, .null: return nil
        case .integer(let value) where value >= 0: return UInt64(value)
        default: throw Self.wrongType(name, "a whole number from 0")
        }
    }

    func optionalDegrees(_ name: String) throws(OperationError) -> Double? {
        switch object[name] {
        case nil, .null: return nil
        case .integer(let value): return Double(value)
        case .number(let value): return value
        default: throw Self.wrongType(name, "a number of degrees")
        }
    }

    /// Bytes written in hex, of exactly this many bytes.
    func optionalHex(_ name: String, byteCount: Int) throws(OperationError) -> [UInt8]? {
        guard let text = try optionalString(name) else { return nil }
        guard let bytes = try? Hex.decode(text), bytes.count == byteCount else {
            throw OperationError(
                code: "\(name)_invalid", reason: "`\(name)` is not \(byteCount) bytes in hex",
                hint: "give \(2 * byteCount) hex digits")
        }
        return bytes
    }

    /// An object inside the request.
    func optionalNested(_ name: String, of members: Set<String>) throws(OperationError) -> RequestFields? {
        switch object[name] {
        case nil, .null: return nil
        case let value?: return try RequestFields(value, of: members, in: "`\(name)`")
        }
    }

    /// A list of objects; none where it is left out.
    func list(_ name: String, of members: Set<String>) throws(OperationError) -> [RequestFields] {
        switch object[name] {
        case nil, .null: return []
        case .array(let values):
            var items: [RequestFields] = []
            for value in values { items.append(try RequestFields(value, of: members, in: "`\(name)`")) }
            return items
        default: throw Self.wrongType(name, "an array of objects")
        }
    }

    /// An object whose members may have any name and are strings; none where it is left out.
    func texts(_ name: String) throws(OperationError) -> [(name: String, value: String)] {
        switch object[name] {
        case nil, .null: return []
        case .object(let texts):
            var members: [(name: String, value: String)] = []
            for member in texts.members {
                guard let value = member.value.string else { throw Self.wrongType(name, "an object of strings") }
                members.append((member.key, value))
            }
            return members
        default: throw Self.wrongType(name, "an object of strings")
        }
    }

    private static func wrongType(_ name: String, _ takes: String) -> OperationError {
        OperationError(
            code: "request_malformed", reason: "the member `\(name)` has another type", hint: "it takes \(takes)")
    }
}
