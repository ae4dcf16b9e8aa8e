/// A served checkpoint, with the findings about its signatures.
struct CheckpointStatement {
    let note: SignedNote?
    let checkpoint: Checkpoint?
    let findings: [AuditFinding]
    /// The cosignatures of the policy's witnesses.
    let cosignatures: [Cosignature]

    /// Whether the log under it may be read; a forged size would have an auditor read without end.
    var isReadable: Bool { !findings.contains { $0.code == .checkpointSignature && $0.isTampering } && !isOfOtherLog }

    /// Whether the given key is that of another log of the same operator.
    private let isOfOtherLog: Bool

    init(bytes: [UInt8], options: AuditOptions) {
        let note: SignedNote
        let checkpoint: Checkpoint
        do {
            note = try SignedNote(bytes: bytes)
            checkpoint = try Checkpoint(text: note.text)
        } catch {
            self.note = nil
            self.checkpoint = nil
            isOfOtherLog = false
            cosignatures = []
            findings = [AuditFinding(.checkpointSignature, detail: "the checkpoint cannot be read: \(error.reason)")]
            return
        }
        self.note = note
        self.checkpoint = checkpoint
        let otherLog = Self.otherLog(note, checkpoint, options)
        isOfOtherLog = otherLog != nil
        var findings = otherLog.map { [$0] } ?? Self.judgeKey(note, checkpoint, options)
        var isAnchored = Self.isAnchored(checkpoint, options)
        cosignatures =
            options.policy?.judge(note, logKey: options.key, period: options.cosignaturePeriod) ?? []
        for cosignature in cosignatures where cosignature.standing == .invalid {
            findings.append(
                AuditFinding(
                    .checkpointSignature,
                    detail: "the cosignature of \(cosignature.witness) does not match the checkpoint"))
        }
        if let policy = options.policy {
            let isMet = policy.isMet(by: cosignatures)
            isAnchored = isAnchored || isMet && policy.quorum != .nobody
            if !isMet {
                let count = cosignatures.count { $0.standing == .counted }
                findings.append(
                    AuditFinding(
                        .unanchored, isTampering: false,
                        detail: "\(count) of \(cosignatures.count) witnesses' cosignatures count, "
                            + "and these do not meet the witness policy's quorum"))
            }
        }
        if !isAnchored {
            findings.append(
                AuditFinding(
                    .unanchored, isTampering: false,
                    detail: "no anchor, remembered checkpoint or quorum of witnesses confirms the checkpoint, "
                        + "so that a cut tail would not be seen"))
        }
        self.findings = findings
    }

    /// The finding about a key that was given under another log's name.
    ///
    /// A checkpoint that is trusted says which log lies here; another log in its place is not the caller's mistake.
    private static func otherLog(
        _ note: SignedNote, _ checkpoint: Checkpoint, _ options: AuditOptions
    ) -> AuditFinding? {
        guard options.origin == nil, !isAnchored(checkpoint, options), let key = options.key,
            let detail = note.otherLog(than: key, checkpoint)
        else { return nil }
        return AuditFinding(.checkpointSignature, isTampering: false, detail: detail)
    }

    private static func judgeKey(_ note: SignedNote, _ checkpoint: Checkpoint, _ options: AuditOptions)
        -> [AuditFinding]
    {
        guard checkpoint.size <= ObjectTable.indexMax else {
            return [
                AuditFinding(
                    .checkpointSignature,
                    detail: "the checkpoint states \(checkpoint.size) entries, more than a log can have")
            ]
        }
        if let key = options.key, !note.isSigned(by: key) {
            return [AuditFinding(.checkpointSignature, detail: "the log's key has not signed the checkpoint")]
        }
        if !isOfLog(checkpoint, options) {
            let name = options.origin ?? options.key?.name ?? "none"
            return [
                AuditFinding(
                    .checkpointSignature,
                    detail: "the checkpoint belongs to the log \(checkpoint.origin), not to \(name)")
            ]
        }
        guard options.key == nil else { return [] }
        return [
            AuditFinding(
                .checkpointSignature, isTampering: false,
                detail: "no key is given, so that the checkpoint's signature is not checked")
        ]
    }

    /// Whether the checkpoint belongs to the wanted log: by the given origin, else by the key's name or by the origin of a
    /// trusted checkpoint.
    private static func isOfLog(_ checkpoint: Checkpoint, _ options: AuditOptions) -> Bool {
        if let origin = options.origin { return checkpoint.isOf(origin) }
        let trusted = (options.anchors + [options.remembered].compactMap { $0 }).map(\.origin)
        // Other operators' logs may have another name than their key, and nothing else states the name here.
        if options.tilesOnly, trusted.isEmpty, options.policy == nil { return true }
        guard let key = options.key else { return true }
        return ([key.name] + trusted).contains { checkpoint.isOf($0) }
    }

    private static func isAnchored(_ checkpoint: Checkpoint, _ options: AuditOptions) -> Bool {
        (options.anchors + [options.remembered].compactMap { $0 }).contains { $0.size > 0 }
    }
}
