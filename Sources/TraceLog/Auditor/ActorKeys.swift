import Signing

/// Which actors' keys are good, by the log's own word, up to the entry that is being read.
struct ActorKeys {
    private struct Record {
        let actor: String
        let key: VerificationKey
        var status: KeyStatusChange.Status
    }

    private var records: [[UInt8]: Record] = [:]

    /// Takes a change in; false when it gives another actor's key away or its own bytes are no key.
    mutating func accept(_ change: KeyStatusChange) -> Bool {
        if let known = records[change.keyIdentifier] {
            guard known.actor == change.actor else { return false }
            records[change.keyIdentifier]?.status = change.status
            return true
        }
        guard let key = try? VerificationKey(spki: change.publicKey) else { return false }
        records[change.keyIdentifier] = Record(actor: change.actor, key: key, status: change.status)
        return true
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
        let code: AuditFinding.Code
        let detail: String

        init(_ code: AuditFinding.Code, _ detail: String) {
            self.code = code
            self.detail = detail
        }
    }
}
