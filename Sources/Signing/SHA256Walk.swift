import CSHA256

/// A hash chain of SHA-256 in one go: a gate takes 1,440 steps for a chain code at midday, each a third of what it
/// costs in a context that is used again.
package enum SHA256Walk {
    package static let labelByteCount = 16
    package static let valueByteCount = 16

    /// Whether this processor has the instructions; without them nothing else here may be called.
    package static let isSupported = csha256_is_supported()

    /// x(`end`), from x(`start`) down: x(i) is the first 16 bytes of the digest of label ‖ i ‖ x(i + 1), the label and
    /// each x 16 bytes, i 4.
    package static func value(
        from value: [UInt8], at start: UInt32, to end: UInt32, label: [UInt8]
    ) -> [UInt8] {
        // No input reaches this: the processor decides, and the caller has asked it.
        precondition(isSupported, "the caller has asked")
        // No input reaches this: the one caller has measured both.
        precondition(value.count == valueByteCount && label.count == labelByteCount, "C takes no lengths")
        var value = value
        unsafe csha256_walk(label, &value, start, end)
        return value
    }
}
