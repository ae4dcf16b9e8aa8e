import CommandSupport
import Signing
import TraceLog

/// The witness's name and key.
struct WitnessSigner: Sendable {
    let noteKey: NoteKey
    private let key: SigningKey

    /// Throws `malformed_key` for a key that is not Ed25519, or for a name that no note can have.
    init(name: String, key: SigningKey) throws(CommandError) {
        do throws(TraceLogError) {
            noteKey = try NoteKey(name: name, kind: .cosignature, key: key.verificationKey)
        } catch {
            throw CommandError(undecided: error)
        }
        self.key = key
    }

    /// The cosignature of a note, made at a time in whole seconds.
    func cosignature(of note: SignedNote, at time: UInt64) throws(TraceLogError) -> [SignedNote.Signature] {
        try note.cosignature(name: noteKey.name, key: key, at: time)
    }
}
