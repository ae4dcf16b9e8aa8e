/// Checks the actors' signatures of one object's entries against the keys that the log's own chain names.
enum HistorySignatures {
    static func judge(
        _ history: [(entry: Entry, link: EntryLink)], log: [(entry: Entry, link: EntryLink)],
        signatures: AuditOptions.Signatures
    ) -> (events: [ObjectReport.Event], findings: [AuditFinding]) {
        var keys = ActorKeys()
        var changes = log[...]
        var events: [ObjectReport.Event] = []
        var findings: [AuditFinding] = []
        for (entry, link) in history {
            // A key is judged by the newest change before the entry's index.
            while let (change, place) = changes.first, place.index < link.index {
                changes.removeFirst()
                if case .keyStatus(let status) = change.event, let refusal = keys.accept(status) {
                    findings.append(
                        AuditFinding(refusal.code, index: place.index, object: [], detail: refusal.detail))
                }
            }
            var isValid: Bool?
            if isAsked(entry.signature, signatures) {
                let refusal = refusal(of: entry, index: link.index, keys: keys)
                isValid = refusal == nil
                if let refusal {
                    findings.append(
                        AuditFinding(
                            refusal.code, index: link.index, object: entry.object.bytes, detail: refusal.detail))
                }
            }
            events.append(ObjectReport.Event(entry: entry, link: link, isSignatureValid: isValid))
        }
        return (events, findings)
    }

    private static func isAsked(_ signature: ActorSignature?, _ signatures: AuditOptions.Signatures) -> Bool {
        switch (signature, signatures) {
        case (nil, _), (_, .none), (.alone, .batch): false
        default: true
        }
    }

    private static func refusal(of entry: Entry, index: UInt64, keys: ActorKeys) -> ActorKeys.Refusal? {
        switch keys.judge(entry, index: index) {
        case .failure(let refusal): return refusal
        case .success(let key):
            guard let signature = entry.signature, (try? signature.isValid(for: entry, by: key)) == true else {
                return ActorKeys.Refusal(.actorSignature, "the entry and the signature by its actor's key")
            }
            return nil
        }
    }
}
