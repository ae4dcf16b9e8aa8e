/// An object's identifier held in place: 16 bytes, padded with zeros, and its length.
struct ObjectKey: Sendable, Equatable, Comparable {
    /// The first 8 bytes in big-endian order, so that comparing words compares bytes.
    let high: UInt64
    let low: UInt64
    let byteCount: UInt8

    init(high: UInt64, low: UInt64, byteCount: UInt8) {
        self.high = high
        self.low = low
        self.byteCount = byteCount
    }

    /// Takes an identifier out of an entry; `range` is at most 16 bytes long.
    @inline(__always)
    init(_ bytes: Span<UInt8>, _ range: Range<Int>) {
        let raw = unsafe bytes.bytes
        var words: (UInt64, UInt64) = (0, 0)
        var rest = range
        if range.count >= 8 {
            words.0 = unsafe UInt64(
                bigEndian: raw.unsafeLoadUnaligned(fromByteOffset: range.lowerBound, as: UInt64.self))
            rest = range.lowerBound + 8..<range.upperBound
        }
        for offset in rest {
            let position = offset - range.lowerBound
            let shifted = UInt64(bytes[offset]) << UInt64(56 - 8 * (position % 8))
            if position < 8 { words.0 |= shifted } else { words.1 |= shifted }
        }
        self.init(high: words.0, low: words.1, byteCount: UInt8(range.count))
    }

    init(_ object: ObjectID) {
        self.init(object.bytes.span, 0..<object.bytes.count)
    }

    /// The identifier of the log itself.
    static let log = ObjectKey(high: 0, low: 0, byteCount: 0)

    var bytes: [UInt8] {
        unsafe withUnsafeBytes { bytes in unsafe Array(bytes) }
    }

    /// The identifier's bytes, for the call.
    func withUnsafeBytes<R>(_ body: (UnsafeRawBufferPointer) -> R) -> R {
        unsafe Swift.withUnsafeBytes(of: (high.bigEndian, low.bigEndian)) { words in
            unsafe body(UnsafeRawBufferPointer(rebasing: words[..<Int(byteCount)]))
        }
    }

    static func < (left: ObjectKey, right: ObjectKey) -> Bool {
        if left.high != right.high { return left.high < right.high }
        if left.low != right.low { return left.low < right.low }
        return left.byteCount < right.byteCount
    }
}
