import Encoding

/// The proof that a log has an entry, as one text (C2SP tlog-proof).
///
/// The entry itself is the proof's extra data, so that the text can be checked with the log's key alone.
package struct TransparencyProof: Sendable, Equatable {
    package static let firstLine = "c2sp.org/tlog-proof@v1"
    /// An entry in Base64, 64 hashes and the largest checkpoint.
    package static let byteCountMax = (Entry.byteCountMax + 2) / 3 * 4 + 4096 + SignedNote.byteCountMax

    /// The entry's bytes, which nothing vouches for before the proof is checked; nil where the text has none.
    package let entry: [UInt8]?
    package let leafIndex: UInt64
    /// From the leaf's sibling up.
    package let path: [MerkleHash]
    /// The checkpoint as it was published.
    package let checkpoint: [UInt8]

    package init(entry: [UInt8], proof: InclusionProof, checkpoint: [UInt8]) {
        (self.entry, leafIndex, path, self.checkpoint) = (entry, proof.leafIndex, proof.path, checkpoint)
    }

    /// Reads a text; neither the proof nor the checkpoint is checked.
    ///
    /// - Throws: `malformed_proof`.
    package init(bytes: [UInt8]) throws(TraceLogError) {
        guard bytes.count <= Self.byteCountMax else { throw Self.malformed("it has over \(Self.byteCountMax) bytes") }
        var lines = bytes.split(
            separator: 0x0A, maxSplits: 3 + InclusionProof.hashCountMax, omittingEmptySubsequences: false)[...]
        func next() -> String? { lines.popFirst().map { String(decoding: $0, as: UTF8.self) } }
        guard next() == Self.firstLine else { throw Self.malformed("its first line is not \(Self.firstLine)") }
        var line = next() ?? ""
        if line.hasPrefix("extra ") {
            guard let extra = try? Base64.decode(String(line.dropFirst(6))) else {
                throw Self.malformed("its extra data is not Base64")
            }
            entry = extra
            line = next() ?? ""
        } else {
            entry = nil
        }
        guard line.hasPrefix("index "), let index = UInt64(line.dropFirst(6)), String(index) == line.dropFirst(6) else {
            throw Self.malformed("it has no index")
        }
        var path: [MerkleHash] = []
        while let text = next(), !text.isEmpty {
            guard path.count < InclusionProof.hashCountMax, let decoded = try? Base64.decode(text),
                let hash = MerkleHash(decoded)
            else { throw Self.malformed("a line of its path is not a hash") }
            path.append(hash)
        }
        guard let first = lines.first else { throw Self.malformed("it has no checkpoint") }
        (leafIndex, self.path, checkpoint) = (index, path, Array(bytes[first.startIndex...]))
    }

    /// The text.
    package var bytes: [UInt8] {
        var text = Self.firstLine + "\n"
        if let entry { text += "extra \(Base64.encode(entry))\n" }
        text += "index \(leafIndex)\n"
        for hash in path { text += Base64.encode(hash.bytes) + "\n" }
        return Array((text + "\n").utf8) + checkpoint
    }

    /// Whether a text begins as such a proof.
    package static func isProof(_ bytes: [UInt8]) -> Bool { bytes.starts(with: (firstLine + "\n").utf8) }

    private static func malformed(_ reason: String) -> TraceLogError {
        TraceLogError(
            code: .malformedProof, reason: "the proof is malformed: \(reason)",
            hint: "fetch the proof again; C2SP tlog-proof describes the format")
    }
}
