/// The two forms of a signature of r and s: 64 raw bytes on the wire, DER inside libcrypto.
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

    /// Converts libcrypto's DER to r‖s; nil where r or s has more than 256 bits or the DER is malformed.
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

    /// Whether s is at most half the order: `Credential.docc/WireFormat.md` accepts the lower of s and n − s only.
    static func isLowS(_ raw: [UInt8], order: [UInt8]) -> Bool {
        // Since n is odd, s ≤ (n − 1) / 2 exactly when s < n − s.
        let complement = subtract(raw[halfByteCount...], from: order)
        return raw[halfByteCount...].lexicographicallyPrecedes(complement)
    }

    /// Replaces s by n − s.
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
        // A number whose first bit is set would be negative.
        let isPadded = (significant.first ?? 0) >= 0x80 || significant.isEmpty
        der.append(0x02)
        der.append(UInt8(significant.count + (isPadded ? 1 : 0)))
        if isPadded { der.append(0) }
        der.append(contentsOf: significant)
    }
}
