/// What a served checkpoint says, and what its signatures are worth.
struct CheckpointStatement {
    let note: SignedNote?
    let checkpoint: Checkpoint?
    let findings: [AuditFinding]

    /// Whether it is worth reading the log under it: a forged size is not.
    var isReadable: Bool { !findings.contains { $0.code == .checkpointSignature && $0.isTampering } }

    init(bytes: [UInt8], options: AuditOptions) {
        let note: SignedNote
        let checkpoint: Checkpoint
        do {
            note = try SignedNote(bytes: bytes)
            checkpoint = try Checkpoint(text: note.text)
        } catch {
            self.note = nil
            self.checkpoint = nil
            findings = [AuditFinding(.checkpointSignature, detail: "the checkpoint cannot be read: \(error.reason)")]
            return
        }
        self.note = note
        self.checkpoint = checkpoint
        var findings = Self.judgeKey(note, checkpoint, options)
        var isAnchored = Self.isAnchored(checkpoint, options)
        if let policy = options.policy {
            let (cosigned, broken) = policy.judge(note)
            for name in broken {
                findings.append(
                    AuditFinding(.checkpointSignature, detail: "the checkpoint and the cosignature of \(name)"))
            }
            isAnchored = isAnchored || cosigned >= policy.quorum
            if cosigned < policy.quorum {
                findings.append(
                    AuditFinding(
                        .unanchored, isTampering: false,
                        detail: "\(cosigned) of the \(policy.quorum) cosignatures that the policy asks for"))
            }
        }
        if !isAnchored {
            findings.append(
                AuditFinding(
                    .unanchored, isTampering: false,
                    detail: "nothing remembered, no anchor and no witness: a cut tail could not be seen"))
        }
        self.findings = findings
    }

    private static func judgeKey(_ note: SignedNote, _ checkpoint: Checkpoint, _ options: AuditOptions)
        -> [AuditFinding]
    {
        guard checkpoint.size <= ObjectTable.indexMax else {
            return [AuditFinding(.checkpointSignature, detail: "a size of \(checkpoint.size) is more than any log has")]
        }
        if let key = options.key, !note.isSigned(by: key) {
            return [AuditFinding(.checkpointSignature, detail: "the checkpoint and the signature by the log's key")]
        }
        if !isOfLog(checkpoint, options) {
            let name = options.origin ?? options.key?.name ?? "none"
            return [
                AuditFinding(
                    .checkpointSignature,
                    detail: "the checkpoint's origin, \(checkpoint.origin), and the log's name, \(name)")
            ]
        }
        guard options.key == nil else { return [] }
        return [
            AuditFinding(
                .checkpointSignature, isTampering: false, detail: "no key was given to check the checkpoint with")
        ]
    }

    /// Whether it is the log that was asked for: by its origin, else by its key's name or what is trusted of it.
    private static func isOfLog(_ checkpoint: Checkpoint, _ options: AuditOptions) -> Bool {
        if let origin = options.origin { return checkpoint.isOf(origin) }
        let trusted = (options.anchors + [options.remembered].compactMap { $0 }).map(\.origin)
        // Others' logs need not be called as their keys are; as long as nothing holds one, nothing names it either.
        if options.tilesOnly, trusted.isEmpty, options.policy == nil { return true }
        guard let key = options.key else { return true }
        return ([key.name] + trusted).contains { checkpoint.isOf($0) }
    }

    private static func isAnchored(_ checkpoint: Checkpoint, _ options: AuditOptions) -> Bool {
        (options.anchors + [options.remembered].compactMap { $0 }).contains { $0.size > 0 }
    }
}
