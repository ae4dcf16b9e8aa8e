import Encoding

/// The deletion of openings of an earlier entry: `{0: 1, 1: index, 2: [commitment, …], 3: reason}`.
package struct Erasure: Sendable, Equatable {
    /// The entry whose personal fields were deleted.
    package var index: UInt64
    /// The commitments whose openings were deleted; at least one.
    package var commitments: [MerkleHash]
    package var reason: String

    package init(index: UInt64, commitments: [MerkleHash], reason: String) {
        self.index = index
        self.commitments = commitments
        self.reason = reason
    }

    func write(to writer: inout CBORWriter) throws(TraceLogError) {
        try EventLimits.check(reason, "a reason")
        try EventLimits.check(count: commitments.count, "erased commitments")
        writer.map(count: 4)
        writer.unsigned(0)
        writer.unsigned(LogEvent.Kind.erased.rawValue)
        writer.unsigned(1)
        writer.unsigned(index)
        writer.unsigned(2)
        writer.array(count: commitments.count)
        for commitment in commitments { writer.byteString(commitment.bytes) }
        writer.unsigned(3)
        writer.text(reason)
    }

    static func read(_ reader: inout EntryReader, _ map: inout EventMapReader) throws(TraceLogError) -> Erasure {
        try map.expect(1, &reader)
        let index = try reader.readUnsigned()
        try map.expect(2, &reader)
        var commitments: [MerkleHash] = []
        for _ in 0..<(try EventLimits.readCount(&reader)) { commitments.append(try Entry.readHash(&reader)) }
        try map.expect(3, &reader)
        let reason = try EventLimits.readText(&reader)
        try map.finish(&reader)
        return Erasure(index: index, commitments: commitments, reason: reason)
    }
}
