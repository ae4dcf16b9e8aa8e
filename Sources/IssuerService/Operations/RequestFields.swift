import Encoding

/// A request's members, each read with its own refusal.
struct RequestFields: Sendable {
    private let object: JSONObject

    init(_ body: JSONValue, operation: IssuerOperation) throws(OperationError) {
        guard let object = body.object else {
            throw OperationError(
                code: "request_malformed", reason: "the request is not a JSON object",
                hint: "send one object, its members as `suishen --help` names them")
        }
        if let unknown = object.members.first(where: { !operation.members.contains($0.key) }) {
            throw OperationError(
                code: "request_malformed", reason: "\(operation.rawValue) takes no member `\(unknown.key.prefix(40))`",
                hint: "it takes \(operation.members.sorted().joined(separator: ", "))")
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

    private static func wrongType(_ name: String, _ takes: String) -> OperationError {
        OperationError(
            code: "request_malformed", reason: "the member `\(name)` has another type", hint: "it takes \(takes)")
    }
}
