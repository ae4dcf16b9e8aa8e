/// Checks the actors' signatures of one object's entries against the keys that the log's own chain registers.
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
                guard case .keyStatus(let status) = change.event else { continue }
                do {
                    try keys.accept(status, in: change.object)
                } catch {
                    findings.append(AuditFinding(error.code, index: place.index, object: [], detail: error.detail))
                }
            }
            var isValid: Bool?
            if signatures.includes(entry.signature) {
                let finding = finding(entry, index: link.index, keys: keys)
                isValid = finding == nil
                if let finding { findings.append(finding) }
            }
            events.append(ObjectReport.Event(entry: entry, link: link, isSignatureValid: isValid))
        }
        return (events, findings)
    }

    private static func finding(_ entry: Entry, index: UInt64, keys: ActorKeys) -> AuditFinding? {
        func finding(_ code: AuditFinding.Code, _ detail: String) -> AuditFinding {
            AuditFinding(code, index: index, object: entry.object.bytes, detail: detail)
        }
        do {
            let key = try keys.signing(entry)
            guard let claim = entry.signatureClaim else {
                return finding(.actorSignature, SignatureJob.brokenPathDetail)
            }
            return claim.isValid(by: key) ? nil : finding(.actorSignature, SignatureJob.mismatchDetail)
        } catch {
            return finding(error.code, error.detail)
        }
    }
}
