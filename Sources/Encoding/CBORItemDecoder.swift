/// Builds the tree of one item.
struct CBORItemDecoder {
    /// Where the next item begins.
    private(set) var cursor: CBORCursor
    private let rules: CBORRules
    private let depthMax: Int

    init(_ cursor: CBORCursor, rules: CBORRules, depthMax: Int) {
        self.cursor = cursor
        self.rules = rules
        self.depthMax = depthMax
    }

    mutating func decode() throws(CBORError) -> CBORItem {
        try readItem(depthLeft: depthMax)
    }

    private mutating func readItem(depthLeft: Int) throws(CBORError) -> CBORItem {
        guard depthLeft > 0 else {
            throw CBORError(code: .tooDeep, reason: "items nest deeper than \(depthMax)", hint: "nest fewer levels")
        }
        let head = try cursor.readHead(isMinimal: rules == .deterministic)
        if head.information == CBORHead.indefinite {
            guard rules == .lenient else { throw CBORCursor.indefinite() }
            return try readIndefinite(head, depthLeft: depthLeft)
        }
        switch head.type {
        case .unsigned: return .unsigned(head.argument)
        case .negative: return .negative(head.argument)
        case .byteString: return .byteString(Array(try cursor.readBytes(head.argument)))
        case .text: return .text(try CBORCursor.text(cursor.readBytes(head.argument)))
        case .array:
            let count = try checked(head.argument, bytesAnItem: 1)
            var items: [CBORItem] = []
            for _ in 0..<count { items.append(try readItem(depthLeft: depthLeft - 1)) }
            return .array(items)
        case .map:
            let count = try checked(head.argument, bytesAnItem: 2)
            var keys = MapKeys(rules: rules)
            for _ in 0..<count { try readEntry(into: &keys, depthLeft: depthLeft) }
            return .map(try keys.map())
        case .tag: return .tagged(head.argument, try readItem(depthLeft: depthLeft - 1))
        case .simple: return try simple(head)
        }
    }

    private mutating func readIndefinite(_ head: CBORHead, depthLeft: Int) throws(CBORError) -> CBORItem {
        switch head.type {
        case .byteString: return .byteString(try cursor.readChunks(of: .byteString))
        case .text: return .text(try CBORCursor.text(cursor.readChunks(of: .text)[...]))
        case .array:
            var items: [CBORItem] = []
            while try !cursor.takeBreak() { items.append(try readItem(depthLeft: depthLeft - 1)) }
            return .array(items)
        case .map:
            var keys = MapKeys(rules: rules)
            while try !cursor.takeBreak() { try readEntry(into: &keys, depthLeft: depthLeft) }
            return .map(try keys.map())
        case .unsigned, .negative, .tag, .simple:
            throw CBORError(
                code: .reservedHead, reason: "a break, or an indefinite length on an item that has no length")
        }
    }

    private mutating func readEntry(into keys: inout MapKeys, depthLeft: Int) throws(CBORError) {
        let start = cursor.position
        let key = try readItem(depthLeft: depthLeft - 1)
        try keys.check(cursor.bytes[start..<cursor.position])
        keys.entries.append(CBORMap.Entry(key: key, value: try readItem(depthLeft: depthLeft - 1)))
    }

    private func checked(_ count: UInt64, bytesAnItem: UInt64) throws(CBORError) -> Int {
        guard count <= UInt64(cursor.remaining) / bytesAnItem else { throw cursor.truncated() }
        return Int(count)
    }

    private func simple(_ head: CBORHead) throws(CBORError) -> CBORItem {
        if rules == .deterministic { try Self.checkSimple(head) }
        switch head.information {
        case 20: return .bool(false)
        case 21: return .bool(true)
        case 22: return .null
        case 23: return .undefined
        case 25: return .float(Double(Float16(bitPattern: UInt16(head.argument))))
        case 26: return .float(Double(Float(bitPattern: UInt32(head.argument))))
        case 27: return .float(Double(bitPattern: head.argument))
        case 24 where head.argument < 32:
            throw CBORError(code: .reservedHead, reason: "simple value \(head.argument) in two bytes")
        default: return .simple(UInt8(truncatingIfNeeded: head.argument))
        }
    }

    /// Takes false, true and null; refuses floats, undefined and the rest.
    private static func checkSimple(_ head: CBORHead) throws(CBORError) {
        switch head.information {
        case 20...22: return
        case 25...27: throw CBORError(code: .floatRefused, reason: "a float, which no structure here has")
        default: throw CBORError(code: .simpleRefused, reason: "simple value \(head.argument)")
        }
    }
}

/// A map's pairs so far; checks the place of the next key where the order matters, and in the end that all keys differ.
private struct MapKeys {
    let rules: CBORRules
    var entries: [CBORMap.Entry] = []
    private var previous: ArraySlice<UInt8> = []

    init(rules: CBORRules) {
        self.rules = rules
    }

    /// Checks the next key, as it is encoded.
    mutating func check(_ encoded: ArraySlice<UInt8>) throws(CBORError) {
        guard rules == .deterministic else { return }
        if !entries.isEmpty && !previous.lexicographicallyPrecedes(encoded) {
            throw CBORReader.disorder(isDuplicate: previous.elementsEqual(encoded))
        }
        previous = encoded
    }

    /// The whole map; keys in any order and of any encoding are compared by their deterministic form.
    func map() throws(CBORError) -> CBORMap {
        if rules == .lenient && entries.count > 1 {
            let keys = entries.map { $0.key.encoded() }.sorted { $0.lexicographicallyPrecedes($1) }
            for place in 1..<keys.count where keys[place - 1] == keys[place] {
                throw CBORReader.disorder(isDuplicate: true)
            }
        }
        return CBORMap(entries)
    }
}
