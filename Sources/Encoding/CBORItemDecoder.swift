/// Builds the tree of one item.
struct CBORItemDecoder {
    private var cursor: CBORCursor
    private let rules: CBORRules
    private let depthMax: Int

    private static let breakByte: UInt8 = 0xFF

    init(_ bytes: ArraySlice<UInt8>, rules: CBORRules, byteCountMax: Int, depthMax: Int) throws(CBORError) {
        cursor = try CBORCursor(bytes, byteCountMax: byteCountMax)
        self.rules = rules
        self.depthMax = depthMax
    }

    mutating func decode() throws(CBORError) -> CBORItem {
        let item = try readItem(depthLeft: depthMax)
        try cursor.finish()
        return item
    }

    private mutating func readItem(depthLeft: Int) throws(CBORError) -> CBORItem {
        guard depthLeft > 0 else {
            throw CBORError(code: .tooDeep, reason: "items nest deeper than \(depthMax)", hint: "flatten it")
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
        case .text: return .text(try Self.text(cursor.readBytes(head.argument)))
        case .array:
            let count = try checked(head.argument, bytesAnItem: 1)
            var items: [CBORItem] = []
            for _ in 0..<count { items.append(try readItem(depthLeft: depthLeft - 1)) }
            return .array(items)
        case .map:
            let count = try checked(head.argument, bytesAnItem: 2)
            var keys = MapKeys(rules: rules)
            for _ in 0..<count { try readEntry(into: &keys, depthLeft: depthLeft) }
            return .map(CBORMap(keys.entries))
        case .tag: return .tagged(head.argument, try readItem(depthLeft: depthLeft - 1))
        case .simple: return try simple(head)
        }
    }

    private mutating func readIndefinite(_ head: CBORHead, depthLeft: Int) throws(CBORError) -> CBORItem {
        switch head.type {
        case .byteString: return .byteString(try readChunks(of: .byteString))
        case .text: return .text(try Self.text(readChunks(of: .text)[...]))
        case .array:
            var items: [CBORItem] = []
            while try !takeBreak() { items.append(try readItem(depthLeft: depthLeft - 1)) }
            return .array(items)
        case .map:
            var keys = MapKeys(rules: rules)
            while try !takeBreak() { try readEntry(into: &keys, depthLeft: depthLeft) }
            return .map(CBORMap(keys.entries))
        case .unsigned, .negative, .tag, .simple:
            throw CBORError(code: .reservedHead, reason: "a break or an indefinite length where none belongs")
        }
    }

    /// The chunks of a string of indefinite length: strings of the same type, their lengths stated (RFC 8949 §3.2.3).
    private mutating func readChunks(of type: CBORMajorType) throws(CBORError) -> [UInt8] {
        var content: [UInt8] = []
        while try !takeBreak() {
            let head = try cursor.readHead(isMinimal: false)
            guard head.type == type, head.information != CBORHead.indefinite else {
                throw CBORError(code: .unexpectedType, reason: "a chunk of a string is not a string")
            }
            let chunk = try cursor.readBytes(head.argument)
            // Each chunk of a text must be whole characters.
            if type == .text { _ = try Self.text(chunk) }
            content.append(contentsOf: chunk)
        }
        return content
    }

    private mutating func takeBreak() throws(CBORError) -> Bool {
        guard let next = cursor.next else { throw cursor.truncated() }
        if next == Self.breakByte { _ = try cursor.readHead(isMinimal: false) }
        return next == Self.breakByte
    }

    private mutating func readEntry(into keys: inout MapKeys, depthLeft: Int) throws(CBORError) {
        let start = cursor.position
        let key = try readItem(depthLeft: depthLeft - 1)
        try keys.check(key, encoded: cursor.bytes[start..<cursor.position])
        keys.entries.append(CBORMap.Entry(key: key, value: try readItem(depthLeft: depthLeft - 1)))
    }

    private func checked(_ count: UInt64, bytesAnItem: UInt64) throws(CBORError) -> Int {
        guard count <= UInt64(cursor.remaining) / bytesAnItem else { throw cursor.truncated() }
        return Int(count)
    }

    private func simple(_ head: CBORHead) throws(CBORError) -> CBORItem {
        if rules == .deterministic { try CBORReader.checkSimple(head) }
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

    private static func text(_ bytes: ArraySlice<UInt8>) throws(CBORError) -> String {
        guard let text = String(validating: bytes, as: UTF8.self) else { throw CBORReader.invalidUTF8() }
        return text
    }
}

/// A map's pairs so far, and what the next key must not be.
private struct MapKeys {
    let rules: CBORRules
    var entries: [CBORMap.Entry] = []
    private var previous: ArraySlice<UInt8> = []
    private var seen: Set<CBORItem> = []

    init(rules: CBORRules) {
        self.rules = rules
    }

    mutating func check(_ key: CBORItem, encoded: ArraySlice<UInt8>) throws(CBORError) {
        switch rules {
        case .deterministic:
            if !entries.isEmpty && !previous.lexicographicallyPrecedes(encoded) {
                throw CBORReader.disorder(isDuplicate: previous.elementsEqual(encoded))
            }
            previous = encoded
        case .lenient:
            guard seen.insert(key).inserted else { throw CBORReader.disorder(isDuplicate: true) }
        }
    }
}
