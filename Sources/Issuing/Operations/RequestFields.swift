package import Encoding

/// A request's members, each read and checked by a method of its type.
///
/// Numbers in a path or a query arrive as text.
package struct RequestFields: Sendable {
    /// The request's object; an idempotency key is valid for this object alone.
    let object: JSONObject
    private let isText: Bool

    /// - Parameters:
    ///   - body: the request's object.
    ///   - operation: the operation that the request is for.
    ///   - path: the members in the request's path, which the object may not repeat.
    /// - Throws: `request_malformed` when `body` is not an object, or has a member that the operation does not take.
    package init(
        _ body: JSONValue, operation: IssuerOperation, path: [String: String] = [:]
    ) throws(OperationError) {
        var body = body
        if !path.isEmpty, var object = body.object, path.keys.allSatisfy({ object[$0] == nil }) {
            for (name, value) in path { object[name] = .string(value) }
            body = .object(object)
        }
        try self.init(body, of: operation.members, in: operation.name)
    }

    private init(_ body: JSONValue, of members: Set<String>, in owner: String) throws(OperationError) {
        guard let object = body.object else {
            throw OperationError(
                code: .requestMalformed, reason: "\(owner) takes a JSON object",
                hint: "send one object with the members that `suishen --help` lists")
        }
        // The error does not repeat an unknown name: it may be a misplaced value, and errors are logged.
        if !object.members.allSatisfy({ members.contains($0.key) }) {
            throw OperationError(
                code: .requestMalformed, reason: "\(owner) has an unknown member",
                hint: "use only these members: \(members.sorted().joined(separator: ", "))")
        }
        self.object = object
        isText = false
    }

    /// - Parameters:
    ///   - parameters: the parameters of the request's path and query, each once.
    ///   - operation: the operation that the request is for.
    /// - Throws: `request_malformed` for a parameter that the operation does not take.
    package init(parameters: [String: String], operation: IssuerOperation) throws(OperationError) {
        let members = parameters.sorted { $0.key < $1.key }.map {
            JSONObject.Member(key: $0.key, value: .string($0.value))
        }
        object = try RequestFields(.object(JSONObject(members)), operation: operation).object
        isText = true
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
                code: .requestMalformed, reason: "the member `\(name)` is missing", hint: "add it to the request")
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
        case .string(let text) where isText:
            guard let value = UInt64(text), value <= Int64.max else { throw Self.wrongType(name, Self.unsigned) }
            return value
        default: throw Self.wrongType(name, Self.unsigned)
        }
    }

    /// A truth value; false when the member is absent.
    func flag(_ name: String) throws(OperationError) -> Bool {
        switch object[name] {
        case nil, .null: return false
        case .bool(let value): return value
        default: throw Self.wrongType(name, "true or false")
        }
    }

    /// The page size: the requested number, at most `max`, which is also the default.
    func pageCount(_ name: String, max countMax: Int) throws(OperationError) -> Int {
        let count = try optionalUnsigned(name) ?? UInt64(countMax)
        guard (1...UInt64(countMax)).contains(count) else {
            throw Self.wrongType(name, "a number from 1 to \(countMax)")
        }
        return Int(count)
    }

    /// A list of strings; nil when the member is absent.
    func optionalStrings(_ name: String) throws(OperationError) -> [String]? {
        guard let value = object[name], value != .null else { return nil }
        let strings = value.array?.compactMap(\.string)
        guard let strings, strings.count == value.array?.count else { throw Self.wrongType(name, "a list of strings") }
        return strings
    }

    func optionalDegrees(_ name: String) throws(OperationError) -> Double? {
        switch object[name] {
        case nil, .null: return nil
        case .integer(let value): return Double(value)
        case .number(let value): return value
        default: throw Self.wrongType(name, "a number of degrees")
        }
    }

    /// Exactly `byteCount` bytes written in hex; nil when the member is absent.
    func optionalHex(_ name: String, byteCount: Int) throws(OperationError) -> [UInt8]? {
        guard let text = try optionalString(name) else { return nil }
        return try Self.hex(text, of: name, byteCount: byteCount)
    }

    /// One string or an array of strings, each `byteCount` bytes in hex; empty when the member is absent.
    func hexList(_ name: String, byteCount: Int) throws(OperationError) -> [[UInt8]] {
        guard case .array(let values)? = object[name] else {
            return try optionalHex(name, byteCount: byteCount).map { [$0] } ?? []
        }
        var list: [[UInt8]] = []
        for value in values {
            guard let text = value.string else { throw Self.wrongType(name, "a string, or an array of strings") }
            list.append(try Self.hex(text, of: name, byteCount: byteCount))
        }
        return list
    }

    /// An object inside the request.
    func optionalNested(_ name: String, of members: Set<String>) throws(OperationError) -> RequestFields? {
        switch object[name] {
        case nil, .null: return nil
        case let value?: return try RequestFields(value, of: members, in: "`\(name)`")
        }
    }

    /// A list of objects; empty when the member is absent.
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

    /// An object of strings with any names; empty when the member is absent.
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
    private static let unsigned = "a whole number from 0"

    private static func hex(_ text: String, of name: String, byteCount: Int) throws(OperationError) -> [UInt8] {
        guard let bytes = try? Hex.decode(text), bytes.count == byteCount else {
            throw OperationError(
                code: OperationError.Code(rawValue: "\(name)_invalid") ?? .requestMalformed,
                reason: "`\(name)` is not \(byteCount) bytes in hex",
                hint: "give \(2 * byteCount) hex digits")
        }
        return bytes
    }

    private static func wrongType(_ name: String, _ takes: String) -> OperationError {
        OperationError(
            code: .requestMalformed, reason: "the member `\(name)` has the wrong type", hint: "give \(takes)")
    }
}
