package import Signing

extension SignedNote {
    /// The note with the signatures of these keys alone, each under the key's name and identifier.
    package func keeping(signaturesOf keys: [NoteKey]) -> SignedNote {
        var kept = SignedNote(text: text)
        let identifiers = keys.map { ($0.name, $0.identifier) }
        for line in signatures where identifiers.contains(where: { $0 == line.name && $1 == line.keyIdentifier }) {
            kept.add(line)
        }
        return kept
    }

    /// The cosignature line of a witness over this text, made at a time in whole seconds.
    ///
    /// - Throws: `malformed_key`, `signature_failed`.
    package func cosignature(name: String, key: SigningKey, at time: UInt64) throws(TraceLogError) -> [Signature] {
        var note = SignedNote(text: text)
        try note.cosign(name: name, key: key, at: time)
        return note.signatures
    }

    /// A witness's newest cosignature in an answer, if every line of its key is valid and its time is good.
    ///
    /// - Parameters:
    ///   - answer: signature lines, as `add-checkpoint` returns them; lines of other keys are ignored.
    ///   - key: the witness's key.
    ///   - period: the time in which the cosignature must have been made.
    /// - Returns: the line and its time in seconds since 1970; nil when there is none that counts.
    package func cosignature(
        inAnswer answer: [UInt8], by key: NoteKey, in period: CosignaturePeriod
    ) -> (line: Signature, time: UInt64)? {
        guard let answered = try? SignedNote(bytes: Array(text.utf8) + [0x0A] + answer) else { return nil }
        return answered.keeping(signaturesOf: [key]).newestCosignature(by: key, in: period)
    }

    /// A witness's newest cosignature of this note; nil when one of its lines is wrong, or when none has a good time.
    package func newestCosignature(
        by key: NoteKey, in period: CosignaturePeriod
    ) -> (line: Signature, time: UInt64)? {
        guard let times = cosignatureTimes(by: key) else { return nil }
        let lines = keeping(signaturesOf: [key]).signatures
        return zip(lines, times).filter { period.standing(of: $0.1) == .counted }.max { $0.1 < $1.1 }
            .map { (line: $0.0, time: $0.1) }
    }

    /// The note with a witness's line in place of its earlier ones.
    package func replacing(_ line: Signature) -> SignedNote {
        var note = SignedNote(text: text)
        for old in signatures where old.name != line.name || old.keyIdentifier != line.keyIdentifier { note.add(old) }
        note.add(line)
        return note
    }
}
