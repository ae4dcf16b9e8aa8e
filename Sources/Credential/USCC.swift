import Encoding

/// A checked unified social credit code of 18 characters (GB 32100-2015).
package struct USCC: Sendable, Hashable {
    package static let characterCount = 18

    /// The digits and the capital letters without I, O, S, V and Z, in the order of their values.
    private static let alphabet = Array("0123456789ABCDEFGHJKLMNPQRTUWXY".utf8)
    /// 3 to the power of the position, modulo 31.
    private static let weights = [1, 3, 9, 27, 19, 26, 16, 17, 20, 29, 25, 13, 8, 24, 10, 30, 28]
    /// The registering department: the first character.
    private static let departments = Array("123456789ANY".utf8)
    /// The division of codes that a national authority registered.
    private static let nationalDivision: [UInt8] = [10]

    /// In upper case.
    package let text: String

    /// Takes 18 characters in either letter case.
    ///
    /// - Parameter text: the code.
    /// - Throws: the code of the first fault: length, character, division, check character.
    package init(_ text: String) throws(IdentifierError) {
        // Some letters of other scripts have upper-case forms in this alphabet.
        guard text.utf8.allSatisfy({ $0 < 0x80 }) else {
            throw IdentifierError(
                .character, "a social credit code has digits and capital letters other than I, O, S, V and Z")
        }
        let upper = text.withCapitalLetters()
        let characters = Array(upper.utf8)
        guard characters.count == Self.characterCount else {
            throw IdentifierError(.length, "a social credit code has 18 characters, this one has \(characters.count)")
        }
        let values = characters.map { character in Self.alphabet.firstIndex(of: character) ?? -1 }
        guard values.allSatisfy({ $0 >= 0 }) else {
            throw IdentifierError(
                .character, "a social credit code has digits and capital letters other than I, O, S, V and Z")
        }
        guard Self.departments.contains(characters[0]) else {
            throw IdentifierError(.character, "the first character is not the code of a registration department")
        }
        _ = try DivisionCode(digits: Array(characters[2..<8]), alsoProvinces: Self.nationalDivision)
        let sum = zip(values, Self.weights).reduce(0) { $0 + $1.0 * $1.1 }
        guard values[17] == (31 - sum % 31) % 31 else {
            throw IdentifierError(.checkCharacter, "the check character of the social credit code is wrong")
        }
        self.text = upper
    }
}
