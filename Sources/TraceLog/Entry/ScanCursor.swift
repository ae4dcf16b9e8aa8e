/// Moves over deterministic CBOR in place; every method returns nil for malformed bytes.
///
/// Every read is preceded by a comparison with the count, so that the bytes are then taken without another.
struct ScanCursor {
    /// The major types (RFC 8949 §3.1) as bare numbers, so that comparing one is one instruction.
    enum Major {
        static let unsigned: UInt8 = 0
        static let byteString: UInt8 = 2
        static let text: UInt8 = 3
        static let array: UInt8 = 4
        static let map: UInt8 = 5
        static let tag: UInt8 = 6
        static let simple: UInt8 = 7
    }

    private(set) var position = 0

    /// The argument of a head that must be of `type`.
    @inline(__always)
    mutating func head(_ type: UInt8, in bytes: Span<UInt8>) -> UInt64? {
        guard position < bytes.count else { return nil }
        let first = unsafe bytes[unchecked: position]
        guard first >> 5 == type else { return nil }
        return argument(first, in: bytes)
    }

    /// Passes over the next string, and returns the range of its content.
    @inline(__always)
    mutating func string(_ type: UInt8, in bytes: Span<UInt8>) -> Range<Int>? {
        guard let byteCount = head(type, in: bytes), byteCount <= UInt64(bytes.count - position) else { return nil }
        let start = position
        position &+= Int(truncatingIfNeeded: byteCount)
        return start..<position
    }

    /// Passes over a byte string of exactly `byteCount` bytes, 24 to 255, and returns where its content begins.
    @inline(__always)
    mutating func byteString(count byteCount: Int, in bytes: Span<UInt8>) -> Int? {
        let start = position &+ 2
        guard bytes.count &- start >= byteCount,
            unsafe bytes[unchecked: position] == Major.byteString << 5 | 24,
            unsafe bytes[unchecked: position &+ 1] == UInt8(truncatingIfNeeded: byteCount)
        else { return nil }
        position = start &+ byteCount
        return start
    }

    @inline(__always)
    mutating func takeNull(in bytes: Span<UInt8>) -> Bool {
        guard position < bytes.count, unsafe bytes[unchecked: position] == 0xF6 else { return false }
        position &+= 1
        return true
    }

    /// Passes over one whole item, at most `depthLeft` levels deep, and returns its range; map keys must be ascending
    /// unsigned integers.
    @inline(__always)
    mutating func item(depthLeft: Int, in bytes: Span<UInt8>) -> Range<Int>? {
        let start = position
        guard skip(depthLeft: depthLeft, in: bytes) else { return nil }
        return start..<position
    }

    /// Passes over numbers, strings and nulls in place; only arrays and maps take a call.
    @inline(__always)
    private mutating func skip(depthLeft: Int, in bytes: Span<UInt8>) -> Bool {
        guard position < bytes.count else { return false }
        let first = unsafe bytes[unchecked: position]
        guard first < Major.array << 5 else {
            if first >= Major.simple << 5 { return takeNull(in: bytes) }
            position = Self.endOfItems(first, at: position, depthLeft: depthLeft, in: bytes)
            return position >= 0
        }
        guard let value = argument(first, in: bytes) else { return false }
        guard first >= Major.byteString << 5 else { return true }
        guard value <= UInt64(bytes.count - position) else { return false }
        position &+= Int(truncatingIfNeeded: value)
        return true
    }

    /// The end of the array or map that begins with `first`; negative when it is malformed.
    ///
    /// The position is passed by value: passed by reference, it would be written to memory and read again at every head.
    @inline(never)
    private static func endOfItems(_ first: UInt8, at start: Int, depthLeft: Int, in bytes: Span<UInt8>) -> Int {
        var cursor = ScanCursor(position: start)
        let type = first >> 5
        guard type != Major.tag, let count = cursor.argument(first, in: bytes),
            count <= UInt64(bytes.count - cursor.position), count == 0 || depthLeft > 1
        else { return -1 }
        // No key is negative, so that the first key may have any value.
        var least: UInt64 = 0
        var left = count
        while left > 0 {
            left &-= 1
            if type == Major.map {
                guard let key = cursor.head(Major.unsigned, in: bytes), key >= least, key < .max else { return -1 }
                least = key &+ 1
            }
            guard cursor.skip(depthLeft: depthLeft - 1, in: bytes) else { return -1 }
        }
        return cursor.position
    }

    /// Takes the argument of the head that begins with `first`; it must be in the fewest bytes.
    @inline(__always)
    private mutating func argument(_ first: UInt8, in bytes: Span<UInt8>) -> UInt64? {
        let information = first & 0x1F
        position &+= 1
        return information < 24 ? UInt64(information) : longArgument(information, in: bytes)
    }

    /// Each width advances by a constant of its own: the processor predicts the branch, and need not wait for the head to
    /// know where the next one begins.
    @inline(__always)
    private mutating func longArgument(_ information: UInt8, in bytes: Span<UInt8>) -> UInt64? {
        let left = bytes.count &- position
        let raw = unsafe bytes.bytes
        let start = position
        switch information {
        case 24:
            guard left >= 1 else { return nil }
            position = start &+ 1
            let value = unsafe bytes[unchecked: start]
            return value >= 24 ? UInt64(value) : nil
        case 25:
            guard left >= 2 else { return nil }
            position = start &+ 2
            let value = unsafe raw.unsafeLoadUnaligned(fromUncheckedByteOffset: start, as: UInt16.self).bigEndian
            return value >= 1 << 8 ? UInt64(value) : nil
        case 26:
            guard left >= 4 else { return nil }
            position = start &+ 4
            let value = unsafe raw.unsafeLoadUnaligned(fromUncheckedByteOffset: start, as: UInt32.self).bigEndian
            return value >= 1 << 16 ? UInt64(value) : nil
        case 27:
            guard left >= 8 else { return nil }
            position = start &+ 8
            let value = unsafe raw.unsafeLoadUnaligned(fromUncheckedByteOffset: start, as: UInt64.self).bigEndian
            return value >= 1 << 32 ? value : nil
        default: return nil
        }
    }
}
