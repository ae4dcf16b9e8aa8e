/// Why a text is not the identifier it should be; never repeats the text, which may name a person.
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

    init(_ code: Code, _ reason: String, hint: String = "compare it with the document, character by character") {
        self.code = code
        self.reason = reason
        self.hint = hint
    }
}
