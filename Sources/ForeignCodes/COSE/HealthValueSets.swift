import Encoding

/// The codes that the fields of health certificates may have, from the file that `--value-sets` names.
///
/// A code that its set marks as inactive counts: certificates with it were issued while it was active.
package struct HealthValueSets: Sendable {
    /// The largest file taken, in bytes; the eight published sets together are under 1 MiB.
    package static let byteCountMax = 8 << 20
    /// The most value sets of one file.
    static let setCountMax = 64
    /// The most codes of one value set; the longest, the test manufacturers, has some 2,000.
    static let codeCountMax = 50_000
    private static let depthMax = 8

    private let codes: [HealthValueSet: Set<String>]
    /// The number of value sets in the file that no field of a certificate refers to.
    package let unknownCount: Int

    /// Reads one value set, an array of them, or an object of them by their identifiers.
    ///
    /// - Parameter bytes: JSON in UTF-8; a byte order mark before it is ignored (RFC 8259 §8.1).
    /// - Throws: `value_sets_unreadable` if the file is broken, holds no known set or holds one twice;
    ///   `value_sets_too_large`.
    package init(_ bytes: [UInt8]) throws(HealthValueSetsError) {
        guard bytes.count <= Self.byteCountMax else { throw .tooLarge(bytes.count) }
        var codes: [HealthValueSet: Set<String>] = [:]
        var identifiers: Set<String> = []
        for (name, value) in try Self.sets(in: Self.json(bytes)) {
            let identifier = try Self.identifier(of: value, named: name)
            guard identifiers.insert(identifier).inserted else { throw .unreadable("it holds \(identifier) twice") }
            let found = try Self.codes(of: value, identifier)
            if let set = HealthValueSet(rawValue: identifier) { codes[set] = found }
        }
        guard !codes.isEmpty else {
            throw .unreadable("it holds no value set that a health certificate refers to")
        }
        self.codes = codes
        unknownCount = identifiers.count - codes.count
    }

    /// Whether a set has the code; true if the file does not have the set.
    func allows(_ code: String, in set: HealthValueSet) -> Bool {
        codes[set]?.contains(code) ?? true
    }

    private static func json(_ bytes: [UInt8]) throws(HealthValueSetsError) -> JSONValue {
        do {
            return try JSONValue.parse(
                ByteOrderMark.removed(from: bytes), byteCountMax: byteCountMax, depthMax: depthMax)
        } catch {
            throw .unreadable(error.reason)
        }
    }

    /// The value sets of a file, each with its name where the file is an object of them.
    private static func sets(in value: JSONValue) throws(HealthValueSetsError) -> [(name: String?, set: JSONValue)] {
        let sets: [(name: String?, set: JSONValue)]
        switch value {
        case .array(let values): sets = values.map { (nil, $0) }
        case .object(let object) where object["valueSetId"] == nil && object["valueSetValues"] == nil:
            sets = object.members.map { ($0.key, $0.value) }
        case .object: sets = [(nil, value)]
        default: throw .unreadable("it is neither a value set, nor an array, nor an object of them")
        }
        guard sets.count <= setCountMax else { throw .unreadable("it holds more than \(setCountMax) value sets") }
        return sets
    }

    private static func identifier(of value: JSONValue, named name: String?) throws(HealthValueSetsError) -> String {
        guard case .object(let set) = value else { throw .unreadable("a value set is not an object") }
        let own = set["valueSetId"]
        guard let identifier = own == nil ? name : own?.string else {
            throw .unreadable("a value set has no valueSetId")
        }
        guard name == nil || name == identifier else {
            throw .unreadable("the value set under one name has the valueSetId of another")
        }
        return identifier
    }

    private static func codes(
        of value: JSONValue, _ identifier: String
    ) throws(HealthValueSetsError) -> Set<String> {
        guard let values = value["valueSetValues"]?.object?.members, !values.isEmpty else {
            throw .unreadable("\(identifier) has no valueSetValues")
        }
        guard values.count <= codeCountMax else {
            throw .unreadable("\(identifier) has more than \(codeCountMax) codes")
        }
        for entry in values {
            guard case .object(let members) = entry.value, members["active"].map({ $0.bool != nil }) ?? true else {
                throw .unreadable("\(identifier) has a code without a readable entry")
            }
        }
        return Set(values.map(\.key))
    }
}
