package import Signing

extension SignedNote {
    /// Signs the text as the log: Ed25519 over it.
    ///
    /// - Throws: `malformed_key`, `signature_failed`.
    package mutating func sign(name: String, key: SigningKey) throws(TraceLogError) {
        let noteKey = try NoteKey(name: name, kind: .ed25519, key: key.verificationKey)
        let signature = try Self.signed(Array(text.utf8), by: key)
        add(Signature(name: name, keyIdentifier: noteKey.identifier, bytes: signature))
    }

    /// Signs the text as a witness at a time in whole seconds (cosignature/v1).
    ///
    /// - Throws: `malformed_key`, `signature_failed`.
    package mutating func cosign(name: String, key: SigningKey, at time: UInt64) throws(TraceLogError) {
        let noteKey = try NoteKey(name: name, kind: .cosignature, key: key.verificationKey)
        let signature = try Self.signed(Self.cosigned(text, at: time), by: key)
        let timeBytes = (0..<8).map { UInt8(truncatingIfNeeded: time >> UInt64(56 - 8 * $0)) }
        add(Signature(name: name, keyIdentifier: noteKey.identifier, bytes: timeBytes + signature))
    }

    /// Whether the note has a signature by `key`, and every signature under its name and identifier is valid.
    package func isSigned(by key: NoteKey) -> Bool {
        let own = lines(of: key)
        return key.kind == .ed25519 && !own.isEmpty
            && own.allSatisfy { key.key.isValid($0.bytes, for: Array(text.utf8)) }
    }

    /// Says that a log's key was given under the name of another log, which is the caller's mistake and no forgery: the
    /// same public key has signed the note as the log that its checkpoint names.
    ///
    /// - Parameters:
    ///   - key: the given key.
    ///   - checkpoint: the note's statement.
    /// - Returns: both names in a sentence; nil for a note that the key has signed under its own name, or not at all.
    package func otherLog(than key: NoteKey, _ checkpoint: Checkpoint) -> String? {
        guard !isSigned(by: key), !checkpoint.isOf(key.name),
            let own = try? NoteKey(name: checkpoint.origin, kind: .ed25519, key: key.key), isSigned(by: own)
        else { return nil }
        return "the key is for \(key.name), this log is \(checkpoint.origin)"
    }

    /// The times of a witness's cosignatures, in seconds since 1970-01-01T00:00:00Z.
    ///
    /// Nil when one of them is wrong, or when the key is not a witness's.
    package func cosignatureTimes(by key: NoteKey) -> [UInt64]? {
        guard key.kind == .cosignature else { return nil }
        var times: [UInt64] = []
        for line in lines(of: key) {
            guard line.bytes.count == 8 + 64 else { return nil }
            let time = line.bytes.prefix(8).reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
            guard key.key.isValid(Array(line.bytes.dropFirst(8)), for: Self.cosigned(text, at: time)) else {
                return nil
            }
            times.append(time)
        }
        return times
    }

    private func lines(of key: NoteKey) -> [Signature] {
        let identifier = key.identifier
        return signatures.filter { $0.name == key.name && $0.keyIdentifier == identifier }
    }

    private static func cosigned(_ text: String, at time: UInt64) -> [UInt8] {
        Array("cosignature/v1\ntime \(time)\n\(text)".utf8)
    }

    private static func signed(_ message: [UInt8], by key: SigningKey) throws(TraceLogError) -> [UInt8] {
        do {
            return try key.sign(message)
        } catch {
            throw TraceLogError(signing: error)
        }
    }
}
