/// One bit a code: set means revoked (Token Status List draft §4, 1-bit statuses).
///
/// Bits are counted from the least significant of the first byte.
package struct StatusList: Sendable, Equatable {
    /// The most codes in a new list: one shard (``StatusListReference/shardBitCount``).
    package static let countMax = 1 << 26
    /// The most codes in a list that is read: the limit of lists made before shards existed.
    package static let readCountMax = 1 << 27

    package private(set) var bytes: [UInt8]

    /// Makes a list of `count` codes, at most ``countMax``, none of them revoked; rounded up to whole bytes.
    package init(count: Int) {
        // No input reaches this: a shard has at most 2²⁶ bits; a list that is read uses another init.
        precondition(count >= 0 && count <= Self.countMax)
        bytes = [UInt8](repeating: 0, count: (count + 7) / 8)
    }

    package init(bytes: [UInt8]) {
        self.bytes = bytes
    }

    package var count: Int { bytes.count * 8 }

    /// Whether the code at `index` is revoked; `index` must be below `count`.
    package subscript(index: Int) -> Bool {
        get { bytes[index >> 3] >> UInt8(index & 7) & 1 == 1 }
        set {
            let bit: UInt8 = 1 << UInt8(index & 7)
            if newValue { bytes[index >> 3] |= bit } else { bytes[index >> 3] &= ~bit }
        }
    }

    /// The revoked indices in ascending order.
    ///
    /// It skips 64 codes with one comparison where none of them is revoked.
    package var revokedIndices: [UInt32] {
        var revoked: [UInt32] = []
        unsafe bytes.withUnsafeBytes { bytes in
            let wordByteCount = MemoryLayout<UInt64>.size
            for start in stride(from: 0, to: bytes.count, by: wordByteCount) {
                let end = min(start + wordByteCount, bytes.count)
                if end - start == wordByteCount,
                    unsafe bytes.loadUnaligned(fromByteOffset: start, as: UInt64.self) == 0
                {
                    continue
                }
                for place in start..<end {
                    let byte = unsafe bytes[place]
                    for bit in 0..<8 where byte >> UInt8(bit) & 1 == 1 { revoked.append(UInt32(place * 8 + bit)) }
                }
            }
        }
        return revoked
    }
}
