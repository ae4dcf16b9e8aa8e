/// The state of an auditor or witness between two runs: the newest checkpoint that it accepted.
///
/// A line `suishen log state v2`, the key's line (or `-`), a line `audited N` with the number of entries that an audit
/// has replayed, then the checkpoint as a signed note. Version 1, which is read too, has no such line.
package struct AuditState: Sendable, Equatable {
    private static let label = "suishen log state v2"
    private static let firstLabel = "suishen log state v1"
    private static let auditedWord = "audited "

    package let key: NoteKey?
    /// The number of entries that an audit has replayed; at most the checkpoint's size.
    package let auditedEntryCount: UInt64
    package let note: SignedNote
    package let checkpoint: Checkpoint

    /// Takes an accepted checkpoint.
    ///
    /// - Throws: `malformed_checkpoint`.
    package init(key: NoteKey?, auditedEntryCount: UInt64 = 0, note: SignedNote) throws(TraceLogError) {
        self.key = key
        self.note = note
        checkpoint = try Checkpoint(text: note.text)
        guard auditedEntryCount <= checkpoint.size else {
            throw AuditState.malformed("it states more audited entries than its checkpoint covers")
        }
        self.auditedEntryCount = auditedEntryCount
    }

    /// Reads a state file.
    ///
    /// - Throws: `malformed_checkpoint`, `malformed_key`.
    package init(bytes: [UInt8]) throws(TraceLogError) {
        let isFirst = bytes.starts(with: "\(Self.firstLabel)\n".utf8)
        let lineCount = isFirst ? 2 : 3
        let parts = bytes.split(separator: 0x0A, maxSplits: lineCount, omittingEmptySubsequences: false)
        guard parts.count == lineCount + 1, isFirst || parts[0].elementsEqual(Self.label.utf8) else {
            throw AuditState.malformed("it does not begin with `\(Self.label)`")
        }
        let vkey = String(decoding: parts[1], as: UTF8.self)
        let auditedEntryCount = isFirst ? 0 : try Self.count(parts[2])
        try self.init(
            key: vkey == "-" ? nil : NoteKey(vkey: vkey), auditedEntryCount: auditedEntryCount,
            note: SignedNote(bytes: Array(parts[lineCount])))
    }

    package var bytes: [UInt8] {
        Array("\(Self.label)\n\(key?.vkey ?? "-")\n\(Self.auditedWord)\(auditedEntryCount)\n".utf8) + note.bytes
    }

    private static func malformed(_ reason: String) -> TraceLogError {
        TraceLogError(
            code: .malformedCheckpoint, reason: "the state file is malformed: \(reason)",
            hint: "restore the file, or name a new one, which remembers nothing")
    }

    private static func count(_ line: ArraySlice<UInt8>) throws(TraceLogError) -> UInt64 {
        let digits = String(decoding: line.dropFirst(auditedWord.utf8.count), as: UTF8.self)
        guard line.starts(with: auditedWord.utf8), let count = UInt64(digits), String(count) == digits else {
            throw malformed("its third line is not `\(auditedWord)N`")
        }
        return count
    }
}
