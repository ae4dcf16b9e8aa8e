/// Packs bytes into characters of five or six bits, and back (RFC 4648 §3).
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
    /// - Throws: characters outside the alphabet, lengths no number of bytes has, bits left over that are not zero.
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
