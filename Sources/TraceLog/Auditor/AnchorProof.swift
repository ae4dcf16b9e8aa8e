/// Checks a checkpoint against anchors and the remembered checkpoint, by proofs from the log's own tiles.
enum AnchorProof {
    static func judge(
        _ checkpoint: Checkpoint, options: AuditOptions, tree: inout TileNodeSource, source: some AuditSource
    ) throws(AuditSourceError) -> [AuditFinding] {
        var findings: [AuditFinding] = []
        let anchors = options.anchors.map { ($0, false) } + [options.remembered].compactMap { $0 }.map { ($0, true) }
        for (anchor, isRemembered) in anchors {
            let name = isRemembered ? "the remembered checkpoint" : "the anchor"
            if let finding = try beyond(anchor, checkpoint, isRemembered: isRemembered, source: source) {
                findings.append(finding)
                continue
            }
            guard anchor.size > 0 else { continue }
            do {
                let proof = try ConsistencyProof(oldSize: anchor.size, newSize: checkpoint.size, from: &tree)
                if proof.isValid(oldRoot: anchor.root, newRoot: checkpoint.root) { continue }
                let isTreeRight = try tree.root(count: checkpoint.size) == checkpoint.root
                findings.append(
                    isTreeRight
                        ? AuditFinding(
                            .fork, index: 0,
                            detail: "the log's first \(anchor.size) entries do not have the root that \(name) states")
                        : AuditFinding(
                            .rootMismatch, detail: "the root over the tiles does not match the checkpoint's root")
                )
            } catch {
                findings.append(AuditFinding(.tileMismatch, detail: error.reason, unreadable: error))
            }
        }
        return findings
    }

    /// A finding where the anchor belongs to another log, or covers more entries than the checkpoint.
    static func beyond(
        _ anchor: Checkpoint, _ checkpoint: Checkpoint, isRemembered: Bool, source: some AuditSource
    ) throws(AuditSourceError) -> AuditFinding? {
        let name = isRemembered ? "the remembered checkpoint" : "the anchor"
        if !checkpoint.isOf(anchor.origin) {
            return AuditFinding(.fork, index: 0, detail: "\(name) belongs to another log, \(anchor.origin)")
        }
        guard anchor.size > checkpoint.size else { return nil }
        let last = (anchor.size - 1) / UInt64(TilePath.fullWidth)
        let width = TilePath.width(kind: .entries, index: last, size: anchor.size)
        let isTailThere = try StoredFile(TilePath(kind: .entries, index: last, width: width), source: source) != nil
        return AuditFinding(
            isTailThere || isRemembered ? .checkpointRollback : .truncated, index: checkpoint.size,
            detail: "the checkpoint covers \(checkpoint.size) entries, and \(name) covers \(anchor.size)")
    }
}
