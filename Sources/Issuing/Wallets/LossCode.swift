import Encoding

/// The code that revokes a lost phone's codes from any other phone: 80 random bits and a check character.
///
/// It is written in Base32 (RFC 4648 §6), whose alphabet has neither 0 nor 1, in groups of four.
enum LossCode {
    static let byteCount = 10
    private static let characterCount = 16
    private static let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567".utf8)
    /// The characters that are read as another one.
    private static let alike: [UInt8: UInt8] = [0x30: 0x4F, 0x31: 0x49, 0x38: 0x42]
    /// The most bytes of a typed text that are read.
    static let textByteCountMax = 64

    /// The text to print: `XXXX-XXXX-XXXX-XXXX-X`.
    static func text(_ bytes: [UInt8]) -> String {
        let characters = Array(Base32.encode(bytes).utf8)
        let checked = characters + [check(characters)]
        return stride(from: 0, to: checked.count, by: 4).map { start in
            String(decoding: checked[start..<min(start + 4, checked.count)], as: UTF8.self)
        }.joined(separator: "-")
    }

    /// Reads what somebody typed: letter case, dashes and spaces do not matter, and 0, 1 and 8 stand for O, I and B.
    ///
    /// - Returns: nil for a text that is not a loss code.
    static func bytes(_ text: String) -> [UInt8]? {
        guard text.utf8.count <= textByteCountMax else { return nil }
        let typed = text.uppercased().utf8.filter { $0 != 0x2D && $0 != 0x20 }.map { alike[$0] ?? $0 }
        guard typed.count == characterCount + 1, typed.allSatisfy(alphabet.contains),
            check(Array(typed.dropLast())) == typed.last
        else { return nil }
        return try? Base32.decode(utf8: typed.dropLast())
    }

    /// The Luhn check character over 32 characters: it shows one wrong character, and nearly every two exchanged.
    private static func check(_ characters: [UInt8]) -> UInt8 {
        var sum = 0
        for (place, character) in characters.reversed().enumerated() {
            let value = alphabet.firstIndex(of: character) ?? 0
            let weighted = place.isMultiple(of: 2) ? 2 * value : value
            sum += weighted / alphabet.count + weighted % alphabet.count
        }
        return alphabet[(alphabet.count - sum % alphabet.count) % alphabet.count]
    }
}
