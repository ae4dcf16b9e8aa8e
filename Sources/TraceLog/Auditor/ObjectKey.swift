/// An object's identifier held in place: 16 bytes, padded with zeros, and its length.
struct ObjectKey: Sendable, Equatable, Comparable {
    /// The bytes in big-endian order, so that comparing words compares bytes.
    let words: SIMD2<UInt64>
    let byteCount: Int

    init(words: SIMD2<UInt64>, byteCount: Int) {
        self.words = words
        self.byteCount = byteCount
    }

    /// Takes an identifier out of an entry; `range` is at most 16 bytes long.
    init(_ bytes: Span<UInt8>, _ range: Range<Int>) {
        let raw = unsafe bytes.bytes
        var words = SIMD2<UInt64>(0, 0)
        var rest = range
        if range.count >= 8 {
            words.x = unsafe UInt64(
                bigEndian: raw.unsafeLoadUnaligned(fromByteOffset: range.lowerBound, as: UInt64.self))
            rest = range.lowerBound + 8..<range.upperBound
        }
        for offset in rest {
            let position = offset - range.lowerBound
            let shifted = UInt64(bytes[offset]) << UInt64(56 - 8 * (position % 8))
            if position < 8 { words.x |= shifted } else { words.y |= shifted }
        }
        self.init(words: words, byteCount: range.count)
    }

    var bytes: [UInt8] {
        (0..<byteCount).map { position in
            let word = position < 8 ? words.x : words.y
            return UInt8(truncatingIfNeeded: word >> UInt64(56 - 8 * (position % 8)))
        }
    }

    var identifier: ObjectID { ObjectID(bytes) ?? .log }

    static func < (left: ObjectKey, right: ObjectKey) -> Bool {
        if left.words.x != right.words.x { return left.words.x < right.words.x }
        if left.words.y != right.words.y { return left.words.y < right.words.y }
        return left.byteCount < right.byteCount
    }
}
