/// Makes a PNG file that is cut short readable up to the cut.
enum PNGRepair {
    private static let signatureByteCount = 8
    /// The length and the type before a chunk's data.
    private static let headByteCount = 8
    private static let checksumByteCount = 4

    /// The file with its last chunk shortened to the bytes that are there; its checksum is then wrong.
    ///
    /// A reader takes a chunk as a whole, and would drop all data of the chunk that is cut.
    static func withWholeChunks(_ bytes: [UInt8]) -> [UInt8] {
        var begin = signatureByteCount
        while begin + headByteCount <= bytes.count {
            let length = bytes[begin..<(begin + 4)].reduce(0) { $0 << 8 | Int($1) }
            let end = begin + headByteCount + length + checksumByteCount
            guard end > bytes.count else {
                begin = end
                continue
            }
            let present = bytes.count - begin - headByteCount
            var repaired = bytes + [0, 0, 0, 0]
            for (index, shift) in [24, 16, 8, 0].enumerated() {
                repaired[begin + index] = UInt8(truncatingIfNeeded: present >> shift)
            }
            return repaired
        }
        return bytes
    }
}
