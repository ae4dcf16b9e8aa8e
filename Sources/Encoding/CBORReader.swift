/// Pulls one item after another out of deterministic CBOR (RFC 8949 §4.2.1).
///
/// Refuses what that form has no place for: longer integers than needed, unsorted or repeated map keys, lengths that
/// are not stated; and floats, which no structure here holds. Byte strings come back as slices of what was given.
package struct CBORReader {
    private var cursor: CBORCursor
    private let depthMax: Int

    /// Starts at the first byte.
    ///
    /// - Parameters:
    ///   - bytes: what is read; slices of it are handed out.
    ///   - byteCountMax: the most bytes taken; more are refused before anything is read.
    ///   - depthMax: how deep an item skipped by `readEncodedItem` may nest.
    /// - Throws: `too_long`.
    package init(_ bytes: ArraySlice<UInt8>, byteCountMax: Int = 4096, depthMax: Int = 8) throws(CBORError) {
        cursor = try CBORCursor(bytes, byteCountMax: byteCountMax)
        self.depthMax = depthMax
    }

    package init(_ bytes: [UInt8], byteCountMax: Int = 4096, depthMax: Int = 8) throws(CBORError) {
        try self.init(bytes[...], byteCountMax: byteCountMax, depthMax: depthMax)
    }

    /// The type of the item that comes next; nil at the end.
    package var nextMajorType: CBORMajorType? {
        cursor.next.flatMap { CBORMajorType(rawValue: $0 >> 5) }
    }

    /// Whether every byte has been taken.
    package var isAtEnd: Bool { cursor.remaining == 0 }

    /// Whether null comes next; takes nothing.
    package func isNextNull() -> Bool { cursor.next == 0xF6 }

    package mutating func readUnsigned() throws(CBORError) -> UInt64 {
        try readArgument(.unsigned)
    }

    /// An integer of either sign that fits in 64 bits.
    package mutating func readInteger() throws(CBORError) -> Int64 {
        let head = try readHead()
        guard head.type == .unsigned || head.type == .negative else {
            throw Self.unexpected(head.type, wanted: "an integer")
        }
        guard let magnitude = Int64(exactly: head.argument) else {
            throw CBORError(code: .integerOutOfRange, reason: "an integer does not fit in 64 bits with its sign")
        }
        return head.type == .unsigned ? magnitude : -1 - magnitude
    }

    package mutating func readByteString() throws(CBORError) -> ArraySlice<UInt8> {
        try cursor.readBytes(readArgument(.byteString))
    }

    package mutating func readText() throws(CBORError) -> String {
        let bytes = try cursor.readBytes(readArgument(.text))
        guard let text = String(validating: bytes, as: UTF8.self) else { throw Self.invalidUTF8() }
        return text
    }

    /// Opens an array and says how many items follow.
    package mutating func readArrayHeader() throws(CBORError) -> Int {
        try readCount(.array, bytesAnItem: 1)
    }

    /// Opens a map and says how many pairs of key and value follow.
    package mutating func readMapHeader() throws(CBORError) -> Int {
        try readCount(.map, bytesAnItem: 2)
    }

    package mutating func readTag() throws(CBORError) -> UInt64 {
        try readArgument(.tag)
    }

    package mutating func readNull() throws(CBORError) {
        let head = try readHead()
        guard head.type == .simple, head.information == 22 else {
            throw Self.unexpected(head.type, wanted: "null")
        }
    }

    /// The next key of a map whose keys are integers; `previous` is the key before it, nil for the first.
    ///
    /// Throws `duplicate_key` and `unsorted_keys` where the order of RFC 8949 §4.2.1 is broken.
    package mutating func readIntegerKey(after previous: Int64?) throws(CBORError) -> Int64 {
        let key = try readInteger()
        guard let previous else { return key }
        // Encoded integers sort by sign first, then by distance from zero: 0, 1, …, −1, −2, …
        let isAscending = (previous < 0) == (key < 0) ? (key < 0 ? key < previous : key > previous) : key < 0
        if !isAscending { throw Self.disorder(isDuplicate: key == previous) }
        return key
    }

    /// Takes the next item whole, checked to its depth, and returns the bytes it was.
    package mutating func readEncodedItem() throws(CBORError) -> ArraySlice<UInt8> {
        let start = cursor.position
        try skip(depthLeft: depthMax)
        return cursor.bytes[start..<cursor.position]
    }

    /// Refuses bytes after the end.
    package func finish() throws(CBORError) {
        try cursor.finish()
    }

    private mutating func readHead() throws(CBORError) -> CBORHead {
        let head = try cursor.readHead(isMinimal: true)
        if head.information == CBORHead.indefinite { throw CBORCursor.indefinite() }
        return head
    }

    private mutating func readArgument(_ type: CBORMajorType) throws(CBORError) -> UInt64 {
        let head = try readHead()
        guard head.type == type else { throw Self.unexpected(head.type, wanted: "\(type)") }
        return head.argument
    }

    private mutating func readCount(_ type: CBORMajorType, bytesAnItem: UInt64) throws(CBORError) -> Int {
        let count = try readArgument(type)
        // Every item takes a byte, so that a count beyond what is left is a lie, found before anybody allocates for it.
        guard count <= UInt64(cursor.remaining) / bytesAnItem else { throw cursor.truncated() }
        return Int(count)
    }

    private mutating func skip(depthLeft: Int) throws(CBORError) {
        guard depthLeft > 0 else {
            throw CBORError(code: .tooDeep, reason: "items nest deeper than \(depthMax)", hint: "flatten it")
        }
        switch nextMajorType {
        case .byteString: _ = try readByteString()
        case .text: _ = try readText()
        case .array:
            for _ in 0..<(try readArrayHeader()) { try skip(depthLeft: depthLeft - 1) }
        case .map: try skipMap(depthLeft: depthLeft)
        case .tag:
            _ = try readTag()
            try skip(depthLeft: depthLeft - 1)
        case .simple: try Self.checkSimple(readHead())
        case .unsigned, .negative, nil: _ = try readHead()
        }
    }

    private mutating func skipMap(depthLeft: Int) throws(CBORError) {
        var previous: ArraySlice<UInt8>?
        for _ in 0..<(try readMapHeader()) {
            let start = cursor.position
            try skip(depthLeft: depthLeft - 1)
            let key = cursor.bytes[start..<cursor.position]
            if let previous, !previous.lexicographicallyPrecedes(key) {
                throw Self.disorder(isDuplicate: previous.elementsEqual(key))
            }
            previous = key
            try skip(depthLeft: depthLeft - 1)
        }
    }

    /// Takes false, true and null; refuses floats, undefined and the rest.
    static func checkSimple(_ head: CBORHead) throws(CBORError) {
        switch head.information {
        case 20...22: return
        case 25...27: throw CBORError(code: .floatRefused, reason: "a float, which no structure here holds")
        default: throw CBORError(code: .simpleRefused, reason: "simple value \(head.argument)")
        }
    }

    static func disorder(isDuplicate: Bool) -> CBORError {
        isDuplicate
            ? CBORError(code: .duplicateKey, reason: "a map has one key twice")
            : CBORError(code: .unsortedKeys, reason: "a map's keys are not in order")
    }

    static func invalidUTF8() -> CBORError {
        CBORError(code: .invalidUTF8, reason: "a text is not UTF-8")
    }

    private static func unexpected(_ found: CBORMajorType, wanted: String) -> CBORError {
        CBORError(
            code: .unexpectedType, reason: "found \(found), where \(wanted) belongs",
            hint: "compare with the structure's description")
    }
}
