import Glibc

/// A character set that a symbol announces, by mode or by ECI (AIM ITS/04-023).
struct CharacterSet: Sendable, Equatable {
    /// The names that iconv knows it by; the first that fits all the bytes says what they mean.
    let names: [String]

    /// What kanji mode stands for: JIS X 0208 in Shift JIS, then as one vendor enlarged it.
    static let shiftJIS = CharacterSet(names: ["SHIFT_JIS", "CP932"])

    private static let latin = 3...18

    /// The set of an ECI number; one without names where the number stands for none.
    static func announced(_ number: Int) -> CharacterSet {
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
        case 32: CharacterSet(names: ["GB18030"])
        case 33: CharacterSet(names: ["UTF-16LE"])
        case 34: CharacterSet(names: ["UTF-32BE"])
        case 35: CharacterSet(names: ["UTF-32LE"])
        default: CharacterSet(names: [])
        }
    }

    /// What bytes of this set say; nil when they are none of it.
    func text(_ bytes: [UInt8]) -> String? {
        for name in names {
            guard let text = Self.convert(bytes, from: name) else { continue }
            guard self == .shiftJIS else { return text }
            // Everybody writes ASCII's backslash and tilde where the set has the signs of yen and overline.
            return String(String.UnicodeScalarView(text.unicodeScalars.map { Self.asWritten[$0] ?? $0 }))
        }
        return nil
    }

    private static let asWritten: [Unicode.Scalar: Unicode.Scalar] = ["\u{a5}": "\\", "\u{203e}": "~"]

    /// The most bytes of UTF-8 that one byte of any set becomes.
    private static let byteCountGrowth = 4

    private static func convert(_ bytes: [UInt8], from name: String) -> String? {
        let converter = unsafe iconv_open("UTF-8", name)
        guard unsafe converter != iconv_t(bitPattern: -1) else { return nil }
        defer { unsafe iconv_close(converter) }
        var input = bytes.map { CChar(bitPattern: $0) }
        let capacity = bytes.count * byteCountGrowth
        let result = unsafe [UInt8](unsafeUninitializedCapacity: capacity) { output, count in
            unsafe input.withUnsafeMutableBufferPointer { input in
                unsafe output.withMemoryRebound(to: CChar.self) { output in
                    var (source, target) = (input.baseAddress, output.baseAddress)
                    var (left, room) = (input.count, capacity)
                    let isWhole = unsafe iconv(converter, &source, &left, &target, &room) != Int(bitPattern: UInt.max)
                    count = isWhole && left == 0 ? capacity - room : 0
                }
            }
        }
        return result.isEmpty ? nil : String(validating: result, as: UTF8.self)
    }
}
