/// One item's head: its major type, its additional information (five bits) and its argument (RFC 8949 §3).
struct CBORHead {
    /// The additional information of an indefinite length.
    static let indefinite: UInt8 = 31

    let type: CBORMajorType
    let information: UInt8
    let argument: UInt64
}

/// A position in bytes that moves from head to head; the reader and the tree decoder both use it.
struct CBORCursor {
    private static let breakByte: UInt8 = 0xFF

    let bytes: ArraySlice<UInt8>
    private(set) var position: Int

    init(_ bytes: ArraySlice<UInt8>, byteCountMax: Int) throws(CBORError) {
        guard bytes.count <= byteCountMax else {
            throw CBORError(
                code: .tooLong, reason: "\(bytes.count) bytes, more than the limit of \(byteCountMax)",
                hint: "send one item within the limit")
        }
        self.bytes = bytes
        position = bytes.startIndex
    }

    var remaining: Int { bytes.endIndex - position }

    /// The next byte, which is not taken; nil at the end.
    var next: UInt8? { position < bytes.endIndex ? bytes[position] : nil }

    /// Takes one head; with `isMinimal`, refuses an argument that is encoded in more bytes than it needs.
    mutating func readHead(isMinimal: Bool) throws(CBORError) -> CBORHead {
        guard position < bytes.endIndex else { throw truncated() }
        let first = bytes[position]
        position += 1
        // Three bits always are one of the eight types.
        let type = CBORMajorType(rawValue: first >> 5) ?? .simple
        let information = first & 0x1F
        switch information {
        case 0..<24:
            return CBORHead(type: type, information: information, argument: UInt64(information))
        case 24...27:
            let byteCount = 1 << Int(information - 24)
            guard remaining >= byteCount else { throw truncated() }
            var argument: UInt64 = 0
            for _ in 0..<byteCount {
                argument = argument << 8 | UInt64(bytes[position])
                position += 1
            }
            let isFloat = type == .simple && information > 24
            if isMinimal && !isFloat && argument <= Self.largest(beforeInformation: information) {
                throw CBORError(
                    code: .notMinimal,
                    reason: "\(argument) is encoded in \(byteCount) bytes, which is more than it needs")
            }
            return CBORHead(type: type, information: information, argument: argument)
        case CBORHead.indefinite:
            return CBORHead(type: type, information: information, argument: 0)
        default:
            throw CBORError(code: .reservedHead, reason: "additional information \(information) is reserved")
        }
    }

    /// Takes `byteCount` bytes without copying them.
    mutating func readBytes(_ byteCount: UInt64) throws(CBORError) -> ArraySlice<UInt8> {
        guard byteCount <= UInt64(remaining) else { throw truncated() }
        let start = position
        position += Int(byteCount)
        return bytes[start..<position]
    }

    /// Reads the chunks of a string of indefinite length, and the break after them (RFC 8949 §3.2.3).
    ///
    /// Every chunk is a string of the same type with its length stated.
    mutating func readChunks(of type: CBORMajorType) throws(CBORError) -> [UInt8] {
        var content: [UInt8] = []
        while try !takeBreak() {
            let head = try readHead(isMinimal: false)
            guard head.type == type, head.information != CBORHead.indefinite else {
                throw CBORError(code: .unexpectedType, reason: "a chunk of a string is not a string")
            }
            let chunk = try readBytes(head.argument)
            // A character must not be split between two chunks of a text.
            if type == .text { _ = try Self.text(chunk) }
            content.append(contentsOf: chunk)
        }
        return content
    }

    /// Takes the break that ends an item of indefinite length; false, and nothing taken, when another item follows.
    mutating func takeBreak() throws(CBORError) -> Bool {
        guard let next else { throw truncated() }
        if next == Self.breakByte { position += 1 }
        return next == Self.breakByte
    }

    func finish() throws(CBORError) {
        guard position == bytes.endIndex else {
            throw CBORError(code: .trailingBytes, reason: "\(remaining) bytes after the end of the item")
        }
    }

    func truncated() -> CBORError {
        CBORError(code: .truncated, reason: "the bytes end inside an item", hint: "send the whole item")
    }

    static func indefinite() -> CBORError {
        CBORError(code: .indefiniteLength, reason: "an item of indefinite length")
    }

    static func text(_ bytes: ArraySlice<UInt8>) throws(CBORError) -> String {
        guard let text = String(validating: bytes, as: UTF8.self) else {
            throw CBORError(code: .invalidUTF8, reason: "a text is not UTF-8")
        }
        return text
    }

    private static func largest(beforeInformation information: UInt8) -> UInt64 {
        switch information {
        case 24: 23
        case 25: 0xFF
        case 26: 0xFFFF
        default: 0xFFFF_FFFF
        }
    }
}

/// The first three bits of an item's head (RFC 8949 §3.1).
package enum CBORMajorType: UInt8, Sendable {
    case unsigned = 0
    case negative = 1
    case byteString = 2
    case text = 3
    case array = 4
    case map = 5
    case tag = 6
    case simple = 7
}

/// Why bytes were refused as CBOR.
package struct CBORError: Error, Equatable, Sendable {
    /// The stable codes; new ones may be added, none is removed.
    package enum Code: String, Sendable, CaseIterable {
        case truncated
        case trailingBytes = "trailing_bytes"
        case tooLong = "too_long"
        case tooDeep = "too_deep"
        case notMinimal = "not_minimal"
        case indefiniteLength = "indefinite_length"
        case reservedHead = "reserved_head"
        case unsortedKeys = "unsorted_keys"
        case duplicateKey = "duplicate_key"
        case floatRefused = "float_refused"
        case simpleRefused = "simple_refused"
        case invalidUTF8 = "invalid_utf8"
        case unexpectedType = "unexpected_type"
        case integerOutOfRange = "integer_out_of_range"
    }

    package let code: Code
    package let reason: String
    package let hint: String

    package init(
        code: Code, reason: @autoclosure () -> String,
        hint: @autoclosure () -> String = "encode it as RFC 8949 section 4.2.1 says"
    ) {
        self.code = code
        self.reason = ErrorText.made(reason)
        self.hint = ErrorText.made(hint)
    }
}
