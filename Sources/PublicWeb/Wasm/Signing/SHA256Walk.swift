/// Computes many steps of a SHA-256 hash chain in one call.
package enum SHA256Walk {
    package static let isSupported = true

    private static let indexByteCount = 4

    /// Computes x(`end`) from x(`start`): x(i) is the first 16 bytes of SHA-256(label ‖ i ‖ x(i + 1)), where the label
    /// and each x have 16 bytes and i has 4.
    package static func value(
        from value: [UInt8], at start: UInt32, to end: UInt32, label: [UInt8]
    ) -> [UInt8] {
        let valueOffset = label.count + indexByteCount
        let messageByteCount = valueOffset + value.count
        var block = label + [UInt8](repeating: 0, count: indexByteCount) + value + [0x80]
        block += [UInt8](repeating: 0, count: SHA256.blockByteCount - block.count - 2)
        block += [UInt8(truncatingIfNeeded: messageByteCount >> 5), UInt8(truncatingIfNeeded: messageByteCount << 3)]
        for index in stride(from: Int(start) - 1, through: Int(end), by: -1) {
            for place in 0..<indexByteCount {
                block[label.count + place] = UInt8(truncatingIfNeeded: index >> (24 - 8 * place))
            }
            var hash = SHA256()
            hash.take(block, at: 0)
            let digest = hash.bytes
            for place in 0..<value.count { block[valueOffset + place] = digest[place] }
        }
        return Array(block[valueOffset..<messageByteCount])
    }
}
