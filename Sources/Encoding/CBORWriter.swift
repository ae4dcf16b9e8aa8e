/// Writes deterministic CBOR (RFC 8949 §4.2.1); the caller writes a map's keys in the order of their encoded bytes.
package struct CBORWriter: Sendable {
    package private(set) var bytes: [UInt8] = []

    package init(capacity: Int = 0) {
        bytes.reserveCapacity(capacity)
    }

    /// Removes what was written and keeps the memory.
    package mutating func removeAll() {
        bytes.removeAll(keepingCapacity: true)
    }

    package mutating func unsigned(_ value: UInt64) {
        head(.unsigned, value)
    }

    package mutating func integer(_ value: Int64) {
        if value < 0 {
            head(.negative, UInt64(-1 - value))
        } else {
            head(.unsigned, UInt64(value))
        }
    }

    package mutating func byteString(_ content: some Collection<UInt8>) {
        head(.byteString, UInt64(content.count))
        encoded(content)
    }

    /// Writes a byte string from memory that stays valid for the call.
    package mutating func byteString(_ content: UnsafeRawBufferPointer) {
        head(.byteString, UInt64(content.count))
        unsafe bytes.append(contentsOf: content)
    }

    package mutating func text(_ content: String) {
        let utf8 = content.utf8
        head(.text, UInt64(utf8.count))
        bytes.append(contentsOf: utf8)
    }

    /// Begins an array; `count` items follow.
    package mutating func array(count: Int) {
        head(.array, UInt64(count))
    }

    /// Begins a map; `count` pairs follow, keys in the order of their encoded bytes.
    package mutating func map(count: Int) {
        head(.map, UInt64(count))
    }

    /// Writes a tag; the tagged item follows.
    package mutating func tag(_ number: UInt64) {
        head(.tag, number)
    }

    package mutating func null() {
        bytes.append(0xF6)
    }

    package mutating func bool(_ value: Bool) {
        bytes.append(value ? 0xF5 : 0xF4)
    }

    /// Appends one item that is already encoded.
    package mutating func encoded(_ item: some Collection<UInt8>) {
        // Calls from other modules are not specialized, so contiguous memory is copied in one step.
        let taken: Void? = item.withContiguousStorageIfAvailable { unsafe bytes.append(contentsOf: $0) }
        if taken == nil { bytes.append(contentsOf: item) }
    }

    mutating func head(_ type: CBORMajorType, _ argument: UInt64) {
        let bits = type.rawValue << 5
        guard argument >= 24 else { return bytes.append(bits | UInt8(argument)) }
        let widthExponent: UInt8 =
            switch argument {
            case ...0xFF: 0
            case ...0xFFFF: 1
            case ...0xFFFF_FFFF: 2
            default: 3
            }
        bytes.append(bits | 24 + widthExponent)
        bigEndian(argument, byteCount: 1 << Int(widthExponent))
    }

    /// Writes a float in the fewest bytes that keep its value (RFC 8949 §4.2.2).
    mutating func float(_ value: Double) {
        let half = Float16(value)
        let single = Float(value)
        if value.isNaN {
            bytes.append(0xF9)
            bigEndian(0x7E00, byteCount: 2)
        } else if Double(half) == value {
            bytes.append(0xF9)
            bigEndian(UInt64(half.bitPattern), byteCount: 2)
        } else if Double(single) == value {
            bytes.append(0xFA)
            bigEndian(UInt64(single.bitPattern), byteCount: 4)
        } else {
            bytes.append(0xFB)
            bigEndian(value.bitPattern, byteCount: 8)
        }
    }

    private mutating func bigEndian(_ value: UInt64, byteCount: Int) {
        let word = (value << UInt64(64 - 8 * byteCount)).bigEndian
        unsafe withUnsafeBytes(of: word) { word in
            unsafe bytes.append(contentsOf: UnsafeRawBufferPointer(rebasing: word[..<byteCount]))
        }
    }
}
