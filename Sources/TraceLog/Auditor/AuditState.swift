/// What an auditor or witness remembers of a log between two runs: the newest checkpoint it has accepted.
///
/// A line `suishen log state v1`, the key's line (or `-`), then the checkpoint as a signed note.
package struct AuditState: Sendable, Equatable {
    private static let label = "suishen log state v1"

    package let key: NoteKey?
    package let note: SignedNote
    package let checkpoint: Checkpoint

    /// Takes an accepted checkpoint.
    ///
    /// - Throws: `malformed_checkpoint`.
    package init(key: NoteKey?, note: SignedNote) throws(TraceLogError) {
        self.key = key
        self.note = note
        checkpoint = try Checkpoint(text: note.text)
    }

    /// Reads a state file.
    ///
    /// - Throws: `malformed_checkpoint`, `malformed_key`.
    package init(bytes: [UInt8]) throws(TraceLogError) {
        let parts = bytes.split(separator: 0x0A, maxSplits: 2, omittingEmptySubsequences: false)
        guard parts.count == 3, parts[0].elementsEqual(Self.label.utf8) else {
            throw SignedNote.malformed("no `\(Self.label)` before it")
        }
        let vkey = String(decoding: parts[1], as: UTF8.self)
        try self.init(key: vkey == "-" ? nil : NoteKey(vkey: vkey), note: SignedNote(bytes: Array(parts[2])))
    }

    package var bytes: [UInt8] {
        Array("\(Self.label)\n\(key?.vkey ?? "-")\n".utf8) + note.bytes
    }
}
