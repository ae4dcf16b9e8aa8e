import Encoding

/// A county-level division code of six digits (GB/T 2260), its province checked.
package struct DivisionCode: Sendable, Hashable {
    /// The first two digits of every province, municipality and region.
    package static let provinces: [UInt8] = [
        11, 12, 13, 14, 15, 21, 22, 23, 31, 32, 33, 34, 35, 36, 37, 41, 42, 43, 44, 45, 46, 50, 51, 52, 53, 54,
        61, 62, 63, 64, 65, 71, 81, 82,
    ]

    package let text: String

    /// Takes six digits.
    ///
    /// - Parameter text: six ASCII digits.
    /// - Throws: `identifier_length`, `identifier_character`, `identifier_division`.
    package init(_ text: some StringProtocol) throws(IdentifierError) {
        try self.init(digits: Array(text.utf8), alsoProvinces: [])
    }

    init(digits: [UInt8], alsoProvinces: [UInt8]) throws(IdentifierError) {
        guard digits.count == 6 else { throw IdentifierError(.length, "a division code has 6 digits") }
        let zero = UInt8(ascii: "0")
        guard digits.allSatisfy({ (zero...UInt8(ascii: "9")).contains($0) }) else {
            throw IdentifierError(.character, "a division code has digits only")
        }
        let province = (digits[0] - zero) * 10 + digits[1] - zero
        guard Self.provinces.contains(province) || alsoProvinces.contains(province) else {
            throw IdentifierError(.division, "the first two digits are not the code of a province")
        }
        text = String(decoding: digits, as: UTF8.self)
    }
}

/// Why a text was refused as an identifier; never repeats the text, which may name a person.
package struct IdentifierError: Error, Equatable, Sendable {
    package enum Code: String, Sendable, CaseIterable {
        case length = "identifier_length"
        case character = "identifier_character"
        case division = "identifier_division"
        case date = "identifier_date"
        case checkCharacter = "identifier_check_character"
    }

    package let code: Code
    package let reason: String
    package let hint: String

    init(
        _ code: Code, _ reason: @autoclosure () -> String,
        hint: @autoclosure () -> String = "compare it with the document character by character"
    ) {
        self.code = code
        self.reason = ErrorText.made(reason)
        self.hint = ErrorText.made(hint)
    }
}
