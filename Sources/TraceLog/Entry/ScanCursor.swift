import Encoding

/// Moves over deterministic CBOR in place; nil is the one answer to whatever is wrong.
struct ScanCursor {
    private(set) var position = 0

    /// The argument of a head that must be of `type`.
    mutating func head(_ type: CBORMajorType, in bytes: Span<UInt8>) -> UInt64? {
        guard position < bytes.count, bytes[position] >> 5 == type.rawValue else { return nil }
        return argument(in: bytes)
    }

    /// Where the content of the string that comes next stands; passes over it.
    mutating func string(_ type: CBORMajorType, in bytes: Span<UInt8>) -> Range<Int>? {
        guard let byteCount = head(type, in: bytes), byteCount <= UInt64(bytes.count - position) else { return nil }
        let start = position
        position += Int(byteCount)
        return start..<position
    }

    mutating func takeNull(in bytes: Span<UInt8>) -> Bool {
        guard position < bytes.count, bytes[position] == 0xF6 else { return false }
        position += 1
        return true
    }

    /// Passes over one whole item and says where it stood; map keys must be ascending unsigned integers.
    mutating func item(depthLeft: Int, in bytes: Span<UInt8>) -> Range<Int>? {
        let start = position
        guard skip(depthLeft: depthLeft, in: bytes) else { return nil }
        return start..<position
    }

    private mutating func skip(depthLeft: Int, in bytes: Span<UInt8>) -> Bool {
        guard depthLeft > 0, position < bytes.count, let type = CBORMajorType(rawValue: bytes[position] >> 5) else {
            return false
        }
        switch type {
        case .unsigned, .negative: return argument(in: bytes) != nil
        case .byteString, .text: return string(type, in: bytes) != nil
        case .array:
            guard let count = argument(in: bytes), count <= UInt64(bytes.count - position) else { return false }
            for _ in 0..<count where !skip(depthLeft: depthLeft - 1, in: bytes) { return false }
            return true
        case .map: return skipMap(depthLeft: depthLeft, in: bytes)
        case .simple: return takeNull(in: bytes)
        case .tag: return false
        }
    }

    private mutating func skipMap(depthLeft: Int, in bytes: Span<UInt8>) -> Bool {
        guard let count = argument(in: bytes), count <= UInt64(bytes.count - position) else { return false }
        var previous: UInt64?
        for _ in 0..<count {
            guard let key = head(.unsigned, in: bytes), previous.map({ $0 < key }) ?? true,
                skip(depthLeft: depthLeft - 1, in: bytes)
            else { return false }
            previous = key
        }
        return true
    }

    /// Takes a head's argument, which must be in the fewest bytes.
    private mutating func argument(in bytes: Span<UInt8>) -> UInt64? {
        let information = bytes[position] & 0x1F
        position += 1
        if information < 24 { return UInt64(information) }
        guard information <= 27 else { return nil }
        let byteCount = 1 << Int(information - 24)
        guard bytes.count - position >= byteCount else { return nil }
        var value: UInt64 = 0
        for offset in 0..<byteCount { value = value << 8 | UInt64(bytes[position + offset]) }
        position += byteCount
        let least: UInt64 = byteCount == 1 ? 24 : 1 << UInt64(byteCount * 4)
        return value >= least ? value : nil
    }
}
