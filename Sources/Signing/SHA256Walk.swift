import CSHA256

/// Computes many steps of a SHA-256 hash chain in one call.
///
/// A gate computes 1,440 steps for a chain code at midday; each costs a third of a step in a reused context.
package enum SHA256Walk {
    package static let labelByteCount = 16
    package static let valueByteCount = 16

    /// Whether this processor has the SHA instructions; ``value(from:at:to:label:)`` needs them.
    package static let isSupported = csha256_is_supported()

    /// Computes x(`end`) from x(`start`): x(i) is the first 16 bytes of SHA-256(label ‖ i ‖ x(i + 1)), where the label
    /// and each x have 16 bytes and i has 4.
    package static func value(
        from value: [UInt8], at start: UInt32, to end: UInt32, label: [UInt8]
    ) -> [UInt8] {
        // No input reaches this: the processor decides, and the caller has asked it.
        precondition(isSupported, "the caller checks isSupported first")
        // No input reaches this: the one caller has measured both.
        precondition(
            value.count == valueByteCount && label.count == labelByteCount, "the C function assumes these lengths")
        var value = value
        unsafe csha256_walk(label, &value, start, end)
        return value
    }
}
