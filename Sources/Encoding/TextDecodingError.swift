/// Why a text was refused as Base45, Base32, Base64 or hex.
package struct TextDecodingError: Error, Equatable, Sendable {
    /// The stable codes; new ones may be added, none is removed.
    package enum Code: String, Sendable, CaseIterable {
        case invalidCharacter = "invalid_character"
        case invalidLength = "invalid_length"
        case valueTooLarge = "value_too_large"
        case nonZeroPadding = "non_zero_padding"
    }

    package let code: Code
    package let reason: String
    package let hint: String

    init(
        code: Code, reason: @autoclosure () -> String,
        hint: @autoclosure () -> String = "copy the whole text without changes"
    ) {
        self.code = code
        self.reason = ErrorText.made(reason)
        self.hint = ErrorText.made(hint)
    }

    static func character(_ byte: UInt8, at index: Int, of name: String) -> TextDecodingError {
        TextDecodingError(
            code: .invalidCharacter,
            reason: "byte 0x\(Hex.encode([byte])) at \(index) is not in the alphabet of \(name)")
    }

    static func length(_ count: Int, of name: String) -> TextDecodingError {
        TextDecodingError(code: .invalidLength, reason: "no \(name) text has \(count) characters")
    }

    static func padding(of name: String) -> TextDecodingError {
        TextDecodingError(code: .nonZeroPadding, reason: "the bits after the last byte of \(name) are not zero")
    }
}
