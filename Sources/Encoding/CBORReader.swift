/// Reads CBOR one item after another, by default in deterministic form alone (RFC 8949 §4.2.1).
///
/// That form has no integer longer than it must be, no unsorted or repeated map key and no indefinite length; floats
/// are refused too, since no structure here has one. Byte strings are returned as slices of the input.
package struct CBORReader {
    private var cursor: CBORCursor
    private let rules: CBORRules
    private let depthMax: Int

    /// Starts at the first byte.
    ///
    /// - Parameters:
    ///   - bytes: the input; the reader returns slices of it.
    ///   - rules: how strictly it is read.
    ///   - byteCountMax: the most bytes taken; a longer input is refused before anything is read.
    ///   - depthMax: how deep an item that ``readEncodedItem()`` takes may nest.
    /// - Throws: `too_long`.
    package init(
        _ bytes: ArraySlice<UInt8>, rules: CBORRules = .deterministic, byteCountMax: Int = 4096, depthMax: Int = 8
    ) throws(CBORError) {
        cursor = try CBORCursor(bytes, byteCountMax: byteCountMax)
        self.rules = rules
        self.depthMax = depthMax
    }

    package init(_ bytes: [UInt8], byteCountMax: Int = 4096, depthMax: Int = 8) throws(CBORError) {
        try self.init(bytes[...], byteCountMax: byteCountMax, depthMax: depthMax)
    }

    /// The type of the item that comes next; nil at the end.
    package var nextMajorType: CBORMajorType? {
        cursor.next.flatMap { CBORMajorType(rawValue: $0 >> 5) }
    }

    /// Whether null comes next; takes nothing.
    package func isNextNull() -> Bool { cursor.next == 0xF6 }

    package mutating func readUnsigned() throws(CBORError) -> UInt64 {
        try readArgument(.unsigned)
    }

    /// Reads an integer of either sign that fits in 64 bits.
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

    /// Reads a byte string: a slice of the input, or a copy where it came in chunks.
    package mutating func readByteString() throws(CBORError) -> ArraySlice<UInt8> {
        if try takesIndefinite(.byteString) { return try cursor.readChunks(of: .byteString)[...] }
        return try cursor.readBytes(readArgument(.byteString))
    }

    package mutating func readText() throws(CBORError) -> String {
        try CBORCursor.text(cursor.readBytes(readArgument(.text)))
    }

    /// Begins an array; returns the number of its items.
    package mutating func readArrayHeader() throws(CBORError) -> Int {
        try readCount(.array, bytesAnItem: 1)
    }

    /// Begins an array that must have `count` items; ``endArray(hasBreak:)`` follows the last of them.
    ///
    /// - Returns: whether a break ends the array, since its length is not stated.
    package mutating func beginArray(count: Int) throws(CBORError) -> Bool {
        if try takesIndefinite(.array) { return true }
        guard try readArrayHeader() == count else {
            throw CBORError(code: .unexpectedType, reason: "an array that does not have \(count) items")
        }
        return false
    }

    package mutating func endArray(hasBreak: Bool) throws(CBORError) {
        guard hasBreak else { return }
        guard try cursor.takeBreak() else {
            throw CBORError(code: .unexpectedType, reason: "an array with too many items")
        }
    }

    /// Begins a map; returns the number of its pairs of key and value.
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

    /// Reads the next key of a map whose keys are integers; `previous` is the key before it, nil for the first.
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

    /// Reads the next item whole, checks it to its full depth, and returns its bytes.
    package mutating func readEncodedItem() throws(CBORError) -> ArraySlice<UInt8> {
        var decoder = CBORItemDecoder(cursor, rules: rules, depthMax: depthMax)
        _ = try decoder.decode()
        let item = cursor.bytes[cursor.position..<decoder.cursor.position]
        cursor = decoder.cursor
        return item
    }

    /// Refuses bytes after the end.
    package func finish() throws(CBORError) {
        try cursor.finish()
    }

    private mutating func readHead() throws(CBORError) -> CBORHead {
        let head = try cursor.readHead(isMinimal: rules == .deterministic)
        if head.information == CBORHead.indefinite { throw CBORCursor.indefinite() }
        return head
    }

    /// Takes the head of an item of indefinite length, where one of this type comes next and the rules allow it.
    private mutating func takesIndefinite(_ type: CBORMajorType) throws(CBORError) -> Bool {
        guard rules == .lenient, cursor.next == type.rawValue << 5 | CBORHead.indefinite else { return false }
        _ = try cursor.readHead(isMinimal: false)
        return true
    }

    private mutating func readArgument(_ type: CBORMajorType) throws(CBORError) -> UInt64 {
        let head = try readHead()
        guard head.type == type else { throw Self.unexpected(head.type, wanted: "\(type)") }
        return head.argument
    }

    private mutating func readCount(_ type: CBORMajorType, bytesAnItem: UInt64) throws(CBORError) -> Int {
        let count = try readArgument(type)
        // Every item takes at least one byte, so a larger count is refused before anything is allocated for it.
        guard count <= UInt64(cursor.remaining) / bytesAnItem else { throw cursor.truncated() }
        return Int(count)
    }

    static func disorder(isDuplicate: Bool) -> CBORError {
        isDuplicate
            ? CBORError(code: .duplicateKey, reason: "a map has one key twice")
            : CBORError(code: .unsortedKeys, reason: "a map's keys are not in order")
    }

    private static func unexpected(_ found: CBORMajorType, wanted: String) -> CBORError {
        CBORError(
            code: .unexpectedType, reason: "found \(found), expected \(wanted)",
            hint: "compare with the structure's description")
    }
}
