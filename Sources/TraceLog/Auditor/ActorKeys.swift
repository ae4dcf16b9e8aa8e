import Signing

/// Which actors' keys are good, by the log's own word, up to the entry that is being read.
struct ActorKeys {
    private struct Record {
        let actor: String
        let key: VerificationKey
        var status: KeyStatusChange.Status
    }

    private var records: [[UInt8]: Record] = [:]

    /// Takes a change in, unless it gives another actor's key away or brings back one that had ended.
    ///
    /// - Returns: why it does not count; nil when it does.
    mutating func accept(_ change: KeyStatusChange) -> Refusal? {
        if let known = records[change.keyIdentifier] {
            guard known.actor == change.actor else { return .strangersChange }
            guard known.status <= change.status else {
                return Refusal(
                    .keyRevoked, "the entry makes a key \(change.status), and the log had said it is \(known.status)")
            }
            records[change.keyIdentifier]?.status = change.status
            return nil
        }
        guard let key = try? VerificationKey(spki: change.publicKey) else { return .strangersChange }
        records[change.keyIdentifier] = Record(actor: change.actor, key: key, status: change.status)
        return nil
    }

    /// What an entry's signature must hold against, or why it may not be trusted.
    func judge(_ entry: Entry, index: UInt64) -> Result<VerificationKey, Refusal> {
        guard let identifier = entry.keyIdentifier, let record = records[identifier], record.actor == entry.actor else {
            return .failure(Refusal(.actorSignature, "the log names no such key of this actor before this entry"))
        }
        guard record.status == .active else {
            return .failure(
                Refusal(.keyRevoked, "the entry is signed, and the log had said its key is \(record.status)"))
        }
        return .success(record.key)
    }

    struct Refusal: Error {
        static let strangersChange = Refusal(.actorSignature, "the key's record and the one who changes it")

        let code: AuditFinding.Code
        let detail: String

        init(_ code: AuditFinding.Code, _ detail: String) {
            self.code = code
            self.detail = detail
        }
    }
}
