/// Why bytes are not JSON this project takes.
package struct JSONError: Error, Equatable, Sendable {
    /// What was wrong; stable, only ever added to.
    package enum Code: String, Sendable, CaseIterable {
        case tooLong = "too_long"
        case tooDeep = "too_deep"
        case truncated
        case unexpectedByte = "unexpected_byte"
        case trailingBytes = "trailing_bytes"
        case duplicateKey = "duplicate_key"
        case invalidUTF8 = "invalid_utf8"
        case invalidEscape = "invalid_escape"
        case numberOutOfRange = "number_out_of_range"
    }

    package let code: Code
    package let reason: String
    package let hint: String

    init(code: Code, reason: String, hint: String = "check it with any JSON reader (RFC 8259)") {
        self.code = code
        self.reason = reason
        self.hint = hint
    }
}
