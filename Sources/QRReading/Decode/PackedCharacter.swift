/// The modes that pack a character of two bytes into 13 bits.
enum PackedCharacter {
    static let bitCount = 13

    /// The Shift JIS code of a character in kanji mode (ISO/IEC 18004 §7.4.6).
    static func kanji(_ packed: Int) -> Int? {
        let joined = (packed / 0xc0) << 8 | packed % 0xc0
        let code = joined + (joined < 0x1f00 ? 0x8140 : 0xc140)
        return code <= 0xffff ? code : nil
    }

    /// The subset that a segment in Hanzi mode names: GB 2312, the only one that is defined.
    static let hanziSubset = 0b0001

    /// The GB 2312 code of a character in Hanzi mode (GB/T 18284).
    ///
    /// The first byte is 0xA1 to 0xAA or 0xB0 to 0xFA, the second 0xA1 to 0xFE; nil for other bytes.
    static func hanzi(_ packed: Int) -> Int? {
        let (high, low) = (packed / 0x60, packed % 0x60)
        let first = high + (high < 0x0a ? 0xa1 : 0xa6)
        guard first <= 0xfa, low <= 0xfe - 0xa1 else { return nil }
        return first << 8 | low + 0xa1
    }
}
