/// The field of 256 elements of QR codes: modulo x⁸ + x⁴ + x³ + x² + 1 (ISO/IEC 18004 §7.5.2).
package enum GaloisField {
    @usableFromInline static let exponentials: [UInt8] = {
        var table: [UInt8] = []
        var value = 1
        for _ in 0..<510 {
            table.append(UInt8(value))
            value <<= 1
            if value & 0x100 != 0 { value ^= 0x11d }
        }
        return table
    }()

    @usableFromInline static let logarithms: [Int] = {
        var table = [Int](repeating: 0, count: 256)
        for power in 0..<255 { table[Int(exponentials[power])] = power }
        return table
    }()

    /// 2 to the power of `exponent`, which is 0 to 509.
    @inlinable package static func power(_ exponent: Int) -> UInt8 { exponentials[exponent] }

    @inlinable package static func multiply(_ left: UInt8, _ right: UInt8) -> UInt8 {
        guard left != 0, right != 0 else { return 0 }
        return exponentials[logarithms[Int(left)] + logarithms[Int(right)]]
    }

    /// Divides; the divisor must not be zero.
    @inlinable package static func divide(_ left: UInt8, by right: UInt8) -> UInt8 {
        guard left != 0 else { return 0 }
        return exponentials[logarithms[Int(left)] + 255 - logarithms[Int(right)]]
    }
}
