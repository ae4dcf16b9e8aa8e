/// Up to 256 entries one after the other, each after its length in 2 bytes, big-endian (C2SP tlog-tiles).
package struct EntryBundle: Sendable, Equatable {
    /// The largest bundle: 256 entries of 65,535 bytes with their lengths.
    package static let byteCountMax = TilePath.fullWidth * (2 + Entry.byteCountMax)

    package let bytes: [UInt8]
    /// The range of each entry in `bytes`.
    package let ranges: [Range<Int>]

    /// Reads a stored bundle, which must hold exactly `width` entries and nothing after them.
    ///
    /// - Throws: `malformed_bundle`.
    package init(bytes: [UInt8], width: Int) throws(TraceLogError) {
        guard bytes.count <= Self.byteCountMax else {
            throw Self.malformed("it has \(bytes.count) bytes, over \(Self.byteCountMax)")
        }
        var ranges: [Range<Int>] = []
        ranges.reserveCapacity(width)
        var position = 0
        while position < bytes.count {
            guard ranges.count < width else { throw Self.malformed("it has more than \(width) entries") }
            guard bytes.count - position >= 2 else { throw Self.malformed("it ends inside an entry's length") }
            let byteCount = Int(bytes[position]) << 8 | Int(bytes[position + 1])
            position += 2
            guard bytes.count - position >= byteCount else { throw Self.malformed("it ends inside an entry") }
            ranges.append(position..<position + byteCount)
            position += byteCount
        }
        guard ranges.count == width else {
            throw Self.malformed("it has \(ranges.count) entries in place of \(width)")
        }
        self.bytes = bytes
        self.ranges = ranges
    }

    package func entry(_ position: Int) -> ArraySlice<UInt8> {
        bytes[ranges[position]]
    }

    /// Appends one entry with its length to a bundle's bytes.
    package static func append(_ entry: some Collection<UInt8>, to bytes: inout [UInt8]) {
        // No input reaches this: an entry is measured when it is encoded, and when it is read from the store.
        precondition(entry.count <= Entry.byteCountMax, "an entry's length fits in 2 bytes")
        bytes.append(UInt8(entry.count >> 8))
        bytes.append(UInt8(entry.count & 0xFF))
        bytes.append(contentsOf: entry)
    }

    private static func malformed(_ reason: String) -> TraceLogError {
        TraceLogError(
            code: .malformedBundle, reason: "the entry bundle is malformed: \(reason)",
            hint: "fetch the bundle again, with the width that the checkpoint asks for")
    }
}
