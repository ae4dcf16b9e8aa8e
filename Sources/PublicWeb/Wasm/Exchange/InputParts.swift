/// The parts of a step's input: each is its byte count in 4 bytes, big-endian, and its bytes.
struct InputParts {
    private let parts: [ArraySlice<UInt8>]

    /// Takes the input apart; nil where it is cut.
    init?(_ bytes: [UInt8]) {
        var parts: [ArraySlice<UInt8>] = []
        var position = 0
        while position < bytes.count {
            guard bytes.count - position >= 4 else { return nil }
            let byteCount = bytes[position..<position + 4].reduce(0) { $0 << 8 | Int($1) }
            position += 4
            guard byteCount >= 0, bytes.count - position >= byteCount else { return nil }
            parts.append(bytes[position..<position + byteCount])
            position += byteCount
        }
        self.parts = parts
    }

    /// - Throws: `step_misused` where there is no such part.
    func bytes(_ index: Int) throws(StepFailure) -> ArraySlice<UInt8> {
        guard parts.indices.contains(index) else { throw .misused }
        return parts[index]
    }

    /// A part that is a text in UTF-8.
    func text(_ index: Int) throws(StepFailure) -> String {
        String(decoding: try bytes(index), as: UTF8.self)
    }

    /// A part of `byteCount` bytes, at most 8, that is a whole number, big-endian.
    func number(_ index: Int, byteCount: Int) throws(StepFailure) -> UInt64 {
        let bytes = try bytes(index)
        guard bytes.count == byteCount else { throw .misused }
        return bytes.reduce(0) { $0 << 8 | UInt64($1) }
    }

    /// A part that is a whole number in decimal digits, at most 19, which fit in 64 bits.
    func number(_ index: Int) throws(StepFailure) -> UInt64 {
        let digits = try bytes(index)
        guard (1...19).contains(digits.count) else { throw .misused }
        var number: UInt64 = 0
        for digit in digits {
            guard (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(digit) else { throw .misused }
            number = number * 10 + UInt64(digit - UInt8(ascii: "0"))
        }
        return number
    }
}
