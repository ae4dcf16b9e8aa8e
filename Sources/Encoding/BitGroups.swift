/// Encodes bytes as characters of five or six bits each, and decodes them (RFC 4648 §3).
struct BitGroups {
    let name: String
    let alphabet: Alphabet
    let bitsACharacter: Int

    func encode(_ bytes: some Collection<UInt8>) -> [UInt8] {
        var text: [UInt8] = []
        text.reserveCapacity((bytes.count * 8 + bitsACharacter - 1) / bitsACharacter)
        var buffer = 0
        var bitCount = 0
        for byte in bytes {
            buffer = (buffer & 0xFF) << 8 | Int(byte)
            bitCount += 8
            while bitCount >= bitsACharacter {
                bitCount -= bitsACharacter
                text.append(alphabet.characters[buffer >> bitCount & mask])
            }
        }
        if bitCount > 0 { text.append(alphabet.characters[buffer << (bitsACharacter - bitCount) & mask]) }
        return text
    }

    /// Decodes unpadded characters.
    ///
    /// - Throws: `invalid_character`; `invalid_length` for a length that no number of bytes encodes to;
    ///   `non_zero_padding` where the bits after the last byte are not zero.
    func decode(_ text: ArraySlice<UInt8>) throws(TextDecodingError) -> [UInt8] {
        let spareBitCount = text.count * bitsACharacter % 8
        guard spareBitCount < bitsACharacter else { throw .length(text.count, of: name) }
        var bytes: [UInt8] = []
        bytes.reserveCapacity(text.count * bitsACharacter / 8)
        var buffer = 0
        var bitCount = 0
        for (index, character) in text.enumerated() {
            let value = alphabet.values[Int(character)]
            guard value != Alphabet.absent else { throw .character(character, at: index, of: name) }
            buffer = (buffer & 0xFF) << bitsACharacter | Int(value)
            bitCount += bitsACharacter
            if bitCount >= 8 {
                bitCount -= 8
                bytes.append(UInt8(truncatingIfNeeded: buffer >> bitCount))
            }
        }
        guard buffer & ((1 << bitCount) - 1) == 0 else { throw .padding(of: name) }
        return bytes
    }

    private var mask: Int { (1 << bitsACharacter) - 1 }
}

/// The characters of a text encoding and their values.
struct Alphabet: Sendable {
    /// The value of a byte that is not in the alphabet.
    static let absent: UInt8 = 0xFF

    let characters: [UInt8]
    /// The value of each of the 256 bytes, or `absent`.
    let values: [UInt8]

    /// Takes the characters in the order of their values; with `foldsCase`, a lower-case letter has the value of the
    /// upper-case one.
    init(_ text: StaticString, foldsCase: Bool = false) {
        var values = [UInt8](repeating: Self.absent, count: 256)
        characters = Array(text.description.utf8)
        for (value, character) in characters.enumerated() {
            values[Int(character)] = UInt8(value)
            if foldsCase, (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(character) {
                values[Int(character | 0x20)] = UInt8(value)
            }
        }
        self.values = values
    }
}
