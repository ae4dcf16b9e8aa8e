/// A character set that a symbol declares, by its mode or by an ECI (AIM ITS/04-023).
package struct CharacterSet: Sendable, Equatable {
    /// Its iconv names; the first in which all the bytes are valid is used.
    package let names: [String]

    /// Kanji mode's character sets: Shift JIS (JIS X 0208), then code page 932.
    static let shiftJIS = CharacterSet(names: ["SHIFT_JIS", "CP932"])

    /// Hanzi mode's character set: GB 18030, which has every character of GB 2312 under the same two bytes.
    static let gb18030 = CharacterSet(names: ["GB18030"])

    private static let latin = 3...18

    /// The character set of an ECI number; a set without names if the number is not assigned.
    static func declared(_ number: Int) -> CharacterSet {
        switch number {
        case 0, 2: CharacterSet(names: ["CP437"])
        case 1: CharacterSet(names: ["ISO-8859-1"])
        case latin: CharacterSet(names: ["ISO-8859-\(number - 2)"])
        case 20: shiftJIS
        case 21: CharacterSet(names: ["CP1250"])
        case 22: CharacterSet(names: ["CP1251"])
        case 23: CharacterSet(names: ["CP1252"])
        case 24: CharacterSet(names: ["CP1256"])
        case 25: CharacterSet(names: ["UTF-16BE"])
        case 26: CharacterSet(names: ["UTF-8"])
        case 27, 170: CharacterSet(names: ["US-ASCII"])
        case 28: CharacterSet(names: ["BIG5"])
        case 29: CharacterSet(names: ["GB2312", "GBK"])
        case 30: CharacterSet(names: ["EUC-KR"])
        case 31: CharacterSet(names: ["GBK"])
        case 32: gb18030
        case 33: CharacterSet(names: ["UTF-16LE"])
        case 34: CharacterSet(names: ["UTF-32BE"])
        case 35: CharacterSet(names: ["UTF-32LE"])
        default: CharacterSet(names: [])
        }
    }
}
