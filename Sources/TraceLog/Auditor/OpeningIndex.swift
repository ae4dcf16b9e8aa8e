import Encoding

/// The openings that an auditor was given, by their commitments.
package struct OpeningIndex: Sendable {
    package static let lineByteCountMax = 32_768

    private(set) var indices: [MerkleHash: UInt64?] = [:]

    package init() {}

    /// Adds one opening; `index` is its entry, where that is known.
    package mutating func add(_ opening: Opening, index: UInt64?) {
        indices[opening.commitment] = .some(index)
    }

    /// Reads one JSON object a line: `{"salt": HEX, "name": …, "value": …, "index": N}`, the index where it is known.
    ///
    /// - Throws: `value_out_of_range`.
    package init(lines bytes: [UInt8]) throws(TraceLogError) {
        for line in bytes.split(separator: 0x0A) {
            guard line.count <= Self.lineByteCountMax,
                let object = try? JSONValue.parse(line, byteCountMax: Self.lineByteCountMax),
                let salt = object["salt"]?.string.flatMap({ try? Hex.decode($0) }),
                let name = object["name"]?.string, let value = object["value"]?.string
            else {
                throw .range(
                    "a line of the openings is not a JSON object with salt, name and value",
                    "give one JSON object a line")
            }
            let index = object["index"]?.integer.flatMap { UInt64(exactly: $0) }
            add(try Opening(salt: salt, name: name, value: value), index: index)
        }
    }
}
