/// A symbol's data codewords as a stream of bits, the highest bit of each first.
package struct BitWriter: Sendable {
    package private(set) var bytes: [UInt8] = []
    package private(set) var bitCount = 0

    package init() {}

    /// Appends the lowest `bitCount` bits of a number.
    package mutating func append(_ value: Int, bitCount: Int) {
        for bit in (0..<bitCount).reversed() {
            if self.bitCount & 7 == 0 { bytes.append(0) }
            if value >> bit & 1 == 1 { bytes[bytes.count - 1] |= 0x80 >> UInt8(self.bitCount & 7) }
            self.bitCount += 1
        }
    }

    private static let padding: [UInt8] = [0xec, 0x11]

    /// The data codewords: the bits, a terminator, and padding up to `byteCount` (ISO/IEC 18004 §7.4.10).
    package func padded(byteCount: Int) -> [UInt8] {
        var writer = self
        writer.append(0, bitCount: min(4, byteCount * 8 - bitCount))
        var bytes = writer.bytes
        var index = 0
        while bytes.count < byteCount {
            bytes.append(Self.padding[index & 1])
            index += 1
        }
        return bytes
    }
}
