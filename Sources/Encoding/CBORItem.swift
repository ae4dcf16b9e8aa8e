/// One CBOR item as a tree, for structures whose shape is not known beforehand.
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

    /// An integer of either sign, where it fits in 64 bits.
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
