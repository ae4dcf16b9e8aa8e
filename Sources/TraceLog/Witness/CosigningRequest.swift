import Encoding

/// A request to cosign a checkpoint: the body of `add-checkpoint` (C2SP tlog-witness).
///
/// A line `old N`, a line in Base64 for each hash of the consistency proof, an empty line, and the checkpoint.
package struct CosigningRequest: Sendable, Equatable {
    /// The most hashes of a proof (C2SP tlog-witness).
    package static let hashCountMax = 63
    /// `old ` with 19 digits, 63 hashes in Base64, an empty line, and the largest note.
    package static let byteCountMax = 24 + hashCountMax * 45 + 1 + SignedNote.byteCountMax
    private static let oldWord = "old "

    /// The size of the checkpoint that the witness cosigned last; 0 when it never cosigned one.
    package let oldSize: UInt64
    /// The hashes of the consistency proof (RFC 6962 §2.1.2).
    package let path: [MerkleHash]
    package let note: SignedNote
    /// The note's statement.
    package let checkpoint: Checkpoint

    /// Takes a checkpoint and the proof that it extends the tree of `oldSize`.
    ///
    /// - Throws: `malformed_checkpoint` when the note is no checkpoint.
    package init(oldSize: UInt64, path: [MerkleHash], note: SignedNote) throws(TraceLogError) {
        // A wrong root of an empty tree is an inconsistency, and no fault of the format (C2SP tlog-witness 1.1).
        checkpoint = try Checkpoint(statement: note.text)
        (self.oldSize, self.path, self.note) = (oldSize, path, note)
    }

    /// Reads a body; neither the proof nor a signature is checked.
    ///
    /// - Throws: `malformed_proof` for the lines before the checkpoint, `malformed_checkpoint`.
    package init(bytes: [UInt8]) throws(TraceLogError) {
        guard bytes.count <= Self.byteCountMax else { throw Self.malformed("it has over \(Self.byteCountMax) bytes") }
        var lines = bytes.split(separator: 0x0A, maxSplits: Self.hashCountMax + 2, omittingEmptySubsequences: false)[
            ...]
        func next() -> ArraySlice<UInt8>? { lines.popFirst() }
        guard let first = next(), first.starts(with: Self.oldWord.utf8) else {
            throw Self.malformed("its first line is not `old N`")
        }
        let digits = String(decoding: first.dropFirst(Self.oldWord.utf8.count), as: UTF8.self)
        guard let oldSize = UInt64(digits), String(oldSize) == digits else {
            throw Self.malformed("its old size is not a plain decimal number")
        }
        var path: [MerkleHash] = []
        while let line = next(), !line.isEmpty {
            guard path.count < Self.hashCountMax else {
                throw Self.malformed("its proof has over \(Self.hashCountMax) hashes")
            }
            guard let decoded = try? Base64.decode(String(decoding: line, as: UTF8.self)),
                let hash = MerkleHash(decoded)
            else { throw Self.malformed("a line of its proof is not 32 bytes in Base64") }
            path.append(hash)
        }
        let rest = Array(lines.joined(separator: [0x0A]))
        try self.init(oldSize: oldSize, path: path, note: SignedNote(bytes: rest))
    }

    /// The body as it is sent.
    package var bytes: [UInt8] {
        let hashes = path.map { Base64.encode($0.bytes) + "\n" }.joined()
        return Array("\(Self.oldWord)\(oldSize)\n\(hashes)\n".utf8) + note.bytes
    }

    private static func malformed(_ reason: String) -> TraceLogError {
        TraceLogError(
            code: .malformedProof, reason: "the request cannot be read: \(reason)",
            hint: "send a line `old N`, the proof's hashes in Base64, an empty line and the checkpoint")
    }
}
