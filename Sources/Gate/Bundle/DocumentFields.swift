import Encoding

/// The members of one map in a bundle, read by name and type.
struct DocumentFields {
    private let map: CBORMap
    private let place: String

    /// Takes a map; errors name it as `place`.
    init(_ item: CBORItem, in place: String) throws(BundleError) {
        guard let map = item.map else { throw .malformed("\(place) is not a map") }
        self.map = map
        self.place = place
    }

    /// Takes a map that has no member beside `names`.
    init(_ item: CBORItem, in place: String, onlyWith names: [String]) throws(BundleError) {
        try self.init(item, in: place)
        guard map.entries.allSatisfy({ $0.key.text.map(names.contains) == true }) else {
            throw .malformed("\(place) has an unknown member")
        }
    }

    subscript(key: String) -> CBORItem? { map[text: key] }

    func unsigned(_ key: String) throws(BundleError) -> UInt64 {
        guard let value = map[text: key]?.unsigned else { throw invalidMember(key) }
        return value
    }

    func integer(_ key: String) throws(BundleError) -> Int64 {
        guard let value = map[text: key]?.integer else { throw invalidMember(key) }
        return value
    }

    func text(_ key: String) throws(BundleError) -> String {
        guard let value = map[text: key]?.text else { throw invalidMember(key) }
        return value
    }

    func bytes(_ key: String) throws(BundleError) -> [UInt8] {
        guard let value = map[text: key]?.byteString else { throw invalidMember(key) }
        return value
    }

    func bool(_ key: String) throws(BundleError) -> Bool {
        guard case .bool(let value) = map[text: key] else { throw invalidMember(key) }
        return value
    }

    /// The items of a list of at most `countMax`.
    func array(_ key: String, countMax: Int) throws(BundleError) -> [CBORItem] {
        guard let value = map[text: key]?.array else { throw invalidMember(key) }
        guard value.count <= countMax else {
            throw .malformed("\(place) has \(value.count) \(key), at most \(countMax) are allowed")
        }
        return value
    }

    /// The texts of a list, each turned into a value by `make`.
    func values<Value>(
        _ key: String, countMax: Int, _ make: (String) -> Value?
    ) throws(BundleError) -> [Value] {
        var values: [Value] = []
        for item in try array(key, countMax: countMax) {
            guard let text = item.text, let value = make(text) else { throw invalidMember(key) }
            values.append(value)
        }
        return values
    }

    func invalidMember(_ key: String) -> BundleError {
        .malformed("\(place) has no valid \(key)")
    }
}
