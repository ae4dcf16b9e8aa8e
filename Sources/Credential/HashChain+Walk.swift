import Signing

extension HashChain {
    private static let label = Array("suishen chain v1".utf8)
    private static let indexByteCount = 4

    /// Computes x(0) from the link of a slot, x(slot + 1), in `slot` + 1 steps.
    package func anchor(link: [UInt8], slot: Int) -> [UInt8] {
        walk(from: link, at: slot + 1, to: 0)
    }

    /// Computes x(`end`) from x(`start`).
    func walk(from value: [UInt8], at start: Int, to end: Int) -> [UInt8] {
        // No input reaches this: a link, an anchor and a seed are measured when they are read.
        precondition(value.count == Self.linkByteCount, "a link's length is checked when it is read")
        if digest == .sha256, SHA256Walk.isSupported {
            return SHA256Walk.value(from: value, at: UInt32(start), to: UInt32(end), label: Self.label)
        }
        return walkByContext(from: value, stride(from: start - 1, through: end, by: -1))
    }

    /// One context and one buffer serve the whole chain; each digest is written to its place in the next message.
    private func walkByContext(from value: [UInt8], _ indices: StrideThrough<Int>) -> [UInt8] {
        let valueOffset = Self.label.count + Self.indexByteCount
        let messageByteCount = valueOffset + Self.linkByteCount
        var buffer = Self.label + [UInt8](repeating: 0, count: Self.indexByteCount + digest.byteCount)
        buffer.replaceSubrange(valueOffset..<messageByteCount, with: value)
        var hasher = Hasher(digest)
        unsafe buffer.withUnsafeMutableBytes { bytes in
            for index in indices {
                unsafe bytes.storeBytes(of: UInt32(index).bigEndian, toByteOffset: Self.label.count, as: UInt32.self)
                unsafe hasher.update(UnsafeRawBufferPointer(rebasing: bytes[..<messageByteCount]))
                unsafe hasher.finalize(into: UnsafeMutableRawBufferPointer(rebasing: bytes[valueOffset...]))
            }
        }
        return Array(buffer[valueOffset..<messageByteCount])
    }
}
