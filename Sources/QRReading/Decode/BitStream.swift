/// A symbol's data codewords as a stream of bits, the highest bit of each first.
struct BitStream {
    private var data: [UInt8]
    private var index = 0

    init(_ data: [UInt8]) {
        self.data = data
    }

    /// The bits that were not read yet.
    var remainingCount: Int { data.count * 8 - index }

    /// Reads an unsigned number of at most 32 bits; nil, and nothing remains, when there are fewer.
    mutating func bits(_ count: Int) -> Int? {
        guard count <= remainingCount else {
            index = data.count * 8
            return nil
        }
        var value = 0
        for place in index..<(index + count) {
            value = value << 1 | Int(data[place >> 3] >> UInt8(7 - place & 7) & 1)
        }
        index += count
        return value
    }
}
