/// The 45 characters of alphanumeric mode (ISO/IEC 18004 §7.3.4, table 5).
package enum Alphanumeric {
    package static let characters = Array("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:".utf8)

    private static let values: [Int?] = {
        var table = [Int?](repeating: nil, count: 256)
        for (value, character) in characters.enumerated() { table[Int(character)] = value }
        return table
    }()

    /// The value of a character, 0 to 44; nil for other bytes.
    package static func value(_ character: UInt8) -> Int? { values[Int(character)] }

    package static func holds(_ bytes: some Sequence<UInt8>) -> Bool {
        bytes.allSatisfy { values[Int($0)] != nil }
    }

    /// The place from which on all bytes are characters of the alphabet.
    package static func suffixStart(of bytes: [UInt8]) -> Int {
        (bytes.lastIndex { values[Int($0)] == nil } ?? -1) + 1
    }
}
