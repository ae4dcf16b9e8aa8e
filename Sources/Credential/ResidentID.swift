import Encoding

/// A checked resident ID number of 18 characters (GB 11643-1999); it never appears in logs and codes.
package struct ResidentID: Sendable, Hashable {
    package static let characterCount = 18

    /// Residents of Taiwan with a residence permit: the prefix of that permit, which GB/T 2260 does not have.
    private static let permitProvinces: [UInt8] = [83]
    private static let weights = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2]
    private static let checkCharacters = Array("10X98765432".utf8)

    /// 17 digits and the check character, `X` in upper case.
    package let text: String
    package let division: DivisionCode
    /// The date of birth as a number YYYYMMDD.
    package let birthDate: Int

    /// Takes 18 characters; a lower-case `x` at the end counts as `X`.
    ///
    /// - Parameter text: the number.
    /// - Throws: the code of the first fault: length, character, division, date, check character.
    package init(_ text: String) throws(IdentifierError) {
        let upper = text.withCapitalLetters()
        let characters = Array(upper.utf8)
        guard characters.count == Self.characterCount else {
            throw IdentifierError(.length, "a resident ID number has 18 characters, this one has \(characters.count)")
        }
        let digits = characters.dropLast().map { Int($0) - Int(UInt8(ascii: "0")) }
        guard digits.allSatisfy({ (0...9).contains($0) }) else {
            throw IdentifierError(.character, "the first 17 characters of a resident ID number are digits")
        }
        division = try DivisionCode(digits: Array(characters.prefix(6)), alsoProvinces: Self.permitProvinces)
        birthDate = digits[6..<14].reduce(0) { $0 * 10 + $1 }
        guard CalendarDate.isValid(birthDate), birthDate >= 1850_01_01 else {
            throw IdentifierError(.date, "characters 7 to 14 of a resident ID number are a date of birth")
        }
        let sum = zip(digits, Self.weights).reduce(0) { $0 + $1.0 * $1.1 }
        guard characters[17] == Self.checkCharacters[sum % 11] else {
            throw IdentifierError(.checkCharacter, "the check character of the resident ID number is wrong")
        }
        self.text = upper
    }
}

/// Days of the Gregorian calendar, written as numbers YYYYMMDD.
enum CalendarDate {
    private static let dayCounts = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]

    static func isValid(_ number: Int) -> Bool {
        let (year, month, day) = (number / 10_000, number / 100 % 100, number % 100)
        guard (1...12).contains(month), year >= 1 else { return false }
        let isLeap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
        let dayCount = month == 2 && isLeap ? 29 : dayCounts[month - 1]
        return (1...dayCount).contains(day)
    }
}
