/// The characters of a text encoding, both ways.
struct Alphabet: Sendable {
    /// Marks a byte that is not in the alphabet.
    static let absent: UInt8 = 0xFF

    let characters: [UInt8]
    /// The value of each of the 256 bytes, or `absent`.
    let values: [UInt8]

    /// Takes the characters in the order of their values; with `foldsCase`, lower-case letters count as upper-case.
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
