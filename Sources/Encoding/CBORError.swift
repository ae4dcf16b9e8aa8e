/// Why bytes are not CBOR this project takes.
package struct CBORError: Error, Equatable, Sendable {
    /// What was wrong; stable, only ever added to.
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

    package init(code: Code, reason: String, hint: String = "encode it as RFC 8949 section 4.2.1 says") {
        self.code = code
        self.reason = reason
        self.hint = hint
    }
}
