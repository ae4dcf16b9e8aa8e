import Signing

/// The number of a table's rows, and the sum of their digests, which does not depend on their order.
package struct TableDigest: Sendable, Equatable {
    package private(set) var rowCount = 0
    /// The sum of the rows' SHA-256 modulo 2²⁵⁶, in eight words of 32 bits, the lowest first.
    private var words = [UInt32](repeating: 0, count: 8)

    package init() {}

    /// Adds a row.
    package mutating func add(_ row: [ColumnValue?]) {
        let digest = DigestAlgorithm.sha256.digest(row.flatMap(Self.encoded))
        var carry: UInt64 = 0
        for place in words.indices {
            let word = digest[4 * place..<4 * place + 4].reversed().reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
            carry += UInt64(words[place]) + word
            words[place] = UInt32(truncatingIfNeeded: carry)
            carry >>= 32
        }
        rowCount += 1
    }

    /// A value as a letter of its type, its length and its bytes, so that no two rows have the same encoding.
    private static func encoded(_ value: ColumnValue?) -> [UInt8] {
        let (type, bytes): (Character, [UInt8]) =
            switch value {
            case nil: ("n", [])
            case .integer(let number): ("i", bigEndian(UInt64(bitPattern: number)))
            case .text(let text): ("t", Array(text.utf8))
            case .bytes(let bytes): ("b", bytes)
            }
        return [type.asciiValue ?? 0] + bigEndian(UInt64(bytes.count)) + bytes
    }

    private static func bigEndian(_ number: UInt64) -> [UInt8] {
        (0..<8).map { UInt8(truncatingIfNeeded: number >> UInt64(56 - 8 * $0)) }
    }
}
