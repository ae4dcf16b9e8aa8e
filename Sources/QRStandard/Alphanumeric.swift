/// The 45 characters of alphanumeric mode (ISO/IEC 18004 §7.3.4, table 5).
package enum Alphanumeric {
    package static let characters = Array("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:".utf8)

    private static let isMember: [Bool] = {
        var table = [Bool](repeating: false, count: 256)
        for character in characters { table[Int(character)] = true }
        return table
    }()

    package static func holds(_ bytes: some Sequence<UInt8>) -> Bool {
        bytes.allSatisfy { isMember[Int($0)] }
    }

    /// The place from which on all bytes are characters of the alphabet.
    package static func suffixStart(of bytes: [UInt8]) -> Int {
        (bytes.lastIndex { !isMember[Int($0)] } ?? -1) + 1
    }
}
