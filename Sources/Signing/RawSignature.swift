/// The two shapes of a signature of r and s: 64 raw bytes on the wire, DER inside libcrypto.
enum RawSignature {
    static let byteCount = 64
    private static let halfByteCount = 32

    /// r‖s, halves of at most 48 bytes, as `SEQUENCE { INTEGER r, INTEGER s }`.
    static func der(_ raw: [UInt8]) -> [UInt8] {
        var der: [UInt8] = [0x30, 0]
        der.reserveCapacity(raw.count + 8)
        appendInteger(raw[..<(raw.count / 2)], to: &der)
        appendInteger(raw[(raw.count / 2)...], to: &der)
        der[1] = UInt8(der.count - 2)
        return der
    }

    /// What libcrypto made as r‖s; nil when that is no signature of 256-bit halves.
    static func raw(der: ArraySlice<UInt8>) -> [UInt8]? {
        guard der.count >= 2, der[der.startIndex] == 0x30, Int(der[der.startIndex + 1]) == der.count - 2 else {
            return nil
        }
        var raw = [UInt8](repeating: 0, count: byteCount)
        var rest = der.dropFirst(2)
        for half in 0..<2 {
            guard rest.count >= 2, rest[rest.startIndex] == 0x02 else { return nil }
            let count = Int(rest[rest.startIndex + 1])
            rest = rest.dropFirst(2)
            guard rest.count >= count else { return nil }
            let digits = rest.prefix(count).drop { $0 == 0 }
            guard digits.count <= halfByteCount else { return nil }
            let end = (half + 1) * halfByteCount
            raw.replaceSubrange(end - digits.count..<end, with: digits)
            rest = rest.dropFirst(count)
        }
        return rest.isEmpty ? raw : nil
    }

    /// Whether s is at most half the order, the one of s and n − s that wire-format.md takes.
    static func isLowS(_ raw: [UInt8], order: [UInt8]) -> Bool {
        // s ≤ (n − 1) / 2 exactly when s ≤ n − 1 − s, that is when s < n − s, since n is odd.
        let complement = subtract(raw[halfByteCount...], from: order)
        return raw[halfByteCount...].lexicographicallyPrecedes(complement)
    }

    /// Puts n − s in the place of s.
    static func flipS(_ raw: inout [UInt8], order: [UInt8]) {
        raw.replaceSubrange(halfByteCount..., with: subtract(raw[halfByteCount...], from: order))
    }

    private static func subtract(_ value: ArraySlice<UInt8>, from order: [UInt8]) -> [UInt8] {
        var difference = order
        var borrow = 0
        for offset in stride(from: halfByteCount - 1, through: 0, by: -1) {
            let digit = Int(order[offset]) - Int(value[value.startIndex + offset]) - borrow
            difference[offset] = UInt8(truncatingIfNeeded: digit)
            borrow = digit < 0 ? 1 : 0
        }
        return difference
    }

    private static func appendInteger(_ digits: ArraySlice<UInt8>, to der: inout [UInt8]) {
        let significant = digits.drop { $0 == 0 }
        // A first bit that is set would make the number negative.
        let isPadded = (significant.first ?? 0) >= 0x80 || significant.isEmpty
        der.append(0x02)
        der.append(UInt8(significant.count + (isPadded ? 1 : 0)))
        if isPadded { der.append(0) }
        der.append(contentsOf: significant)
    }
}
