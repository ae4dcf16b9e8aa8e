/// One CBOR item as a tree, for structures of unknown shape.
package indirect enum CBORItem: Sendable, Hashable {
    case unsigned(UInt64)
    /// −1 − n.
    case negative(UInt64)
    case byteString([UInt8])
    case text(String)
    case array([CBORItem])
    case map(CBORMap)
    case tagged(UInt64, CBORItem)
    case bool(Bool)
    case null
    case undefined
    case simple(UInt8)
    case float(Double)

    /// Decodes exactly one item.
    ///
    /// - Parameters:
    ///   - bytes: the item and nothing after it.
    ///   - rules: how strictly.
    ///   - byteCountMax: the most bytes taken.
    ///   - depthMax: how deep items may nest, the outermost being 1.
    /// - Returns: the item.
    /// - Throws: ``CBORError`` with the code of the first thing wrong.
    package static func decode(
        _ bytes: ArraySlice<UInt8>, rules: CBORRules, byteCountMax: Int, depthMax: Int
    ) throws(CBORError) -> CBORItem {
        let cursor = try CBORCursor(bytes, byteCountMax: byteCountMax)
        var decoder = CBORItemDecoder(cursor, rules: rules, depthMax: depthMax)
        let item = try decoder.decode()
        try decoder.cursor.finish()
        return item
    }

    /// The item in deterministic form, map keys sorted.
    package func encoded() -> [UInt8] {
        var writer = CBORWriter()
        write(to: &writer)
        return writer.bytes
    }

    /// The integer, of either sign; nil where it does not fit in 64 bits or the item has another type.
    package var integer: Int64? {
        switch self {
        case .unsigned(let value): Int64(exactly: value)
        case .negative(let value): Int64(exactly: value).map { -1 - $0 }
        default: nil
        }
    }

    package var unsigned: UInt64? {
        if case .unsigned(let value) = self { value } else { nil }
    }

    package var byteString: [UInt8]? {
        if case .byteString(let value) = self { value } else { nil }
    }

    package var text: String? {
        if case .text(let value) = self { value } else { nil }
    }

    package var array: [CBORItem]? {
        if case .array(let value) = self { value } else { nil }
    }

    package var map: CBORMap? {
        if case .map(let value) = self { value } else { nil }
    }

    /// The integer as an item.
    package static func integer(_ value: Int64) -> CBORItem {
        value < 0 ? .negative(UInt64(-1 - value)) : .unsigned(UInt64(value))
    }

    func write(to writer: inout CBORWriter) {
        switch self {
        case .unsigned(let value): writer.head(.unsigned, value)
        case .negative(let value): writer.head(.negative, value)
        case .byteString(let value): writer.byteString(value)
        case .text(let value): writer.text(value)
        case .array(let items):
            writer.array(count: items.count)
            for item in items { item.write(to: &writer) }
        case .map(let map):
            writer.map(count: map.entries.count)
            let encoded = map.entries.map { (key: $0.key.encoded(), value: $0.value) }
            for entry in encoded.sorted(by: { $0.key.lexicographicallyPrecedes($1.key) }) {
                writer.encoded(entry.key)
                entry.value.write(to: &writer)
            }
        case .tagged(let number, let item):
            writer.tag(number)
            item.write(to: &writer)
        case .bool(let value): writer.bool(value)
        case .null: writer.null()
        case .undefined: writer.head(.simple, 23)
        case .simple(let value): writer.head(.simple, UInt64(value))
        case .float(let value): writer.float(value)
        }
    }
}

/// A map's pairs in their received order.
package struct CBORMap: Sendable, Hashable {
    package struct Entry: Sendable, Hashable {
        package let key: CBORItem
        package let value: CBORItem

        package init(key: CBORItem, value: CBORItem) {
            self.key = key
            self.value = value
        }
    }

    package var entries: [Entry]

    package init(_ entries: [Entry] = []) {
        self.entries = entries
    }

    package subscript(key: CBORItem) -> CBORItem? {
        entries.first { $0.key == key }?.value
    }

    package subscript(integer key: Int64) -> CBORItem? {
        self[.integer(key)]
    }

    package subscript(text key: String) -> CBORItem? {
        self[.text(key)]
    }
}

/// How strictly CBOR is read.
package enum CBORRules: Sendable {
    /// Deterministic encoding (RFC 8949 §4.2.1) without floats, undefined and unassigned simple values.
    case deterministic
    /// Any well-formed CBOR, as other issuers write it: keys in any order, integers of any length, indefinite lengths,
    /// floats. Size and depth stay limited, and repeated keys are refused.
    case lenient
}
