/// Holds an object's chain to what else a log says of it: its heads list, and every entry that was come upon.
struct ChainHold {
    let checkpoint: Checkpoint
    let headsIndex: UInt64
    let sightings: ObjectSightings

    /// The chain must pass through the entry that the heads list names, and leave out none that was come upon.
    func judge(
        _ history: [(entry: Entry, link: EntryLink)], of object: ObjectID, listed head: ObjectHead?,
        tree: inout TileNodeSource
    ) -> [AuditFinding] {
        let before = history.last { $0.link.index < headsIndex }
        if before?.link != head?.link || before?.entry.sequence != head?.sequence {
            return [
                AuditFinding(
                    .headsMismatch, index: headsIndex, object: object.bytes,
                    detail: "the object's newest entry in the heads list and the one in its chain")
            ]
        }
        var findings: [AuditFinding] =
            object == .log ? [] : history.compactMap { Self.misplaced($0.entry, at: $0.link.index) }
        let strays = sightings.strays(of: object, outside: Set(history.map(\.link.index)))
        for stray in strays.prefix(FindingList.countMax) {
            let finding = judge(stray, of: object, listed: head, tree: &tree)
            // That the list is wrong is said once, by the first entry that shows it.
            if finding.code == .headsMismatch, findings.contains(where: { $0.code == .headsMismatch }) { continue }
            findings.append(finding)
        }
        return findings
    }

    /// A finding where an object's chain has what is the log's own to say.
    private static func misplaced(_ entry: Entry, at index: UInt64) -> AuditFinding? {
        switch entry.event {
        case .observed, .erased: nil
        case .keyStatus:
            AuditFinding(
                ActorKeys.Refusal.strangersChange.code, index: index, object: entry.object.bytes,
                detail: ActorKeys.Refusal.strangersChange.detail)
        case .heads:
            AuditFinding(
                .headsMismatch, index: index, object: entry.object.bytes,
                detail: "the heads entry and the chain in which it stands, which is not the log's own")
        }
    }

    private func judge(
        _ stray: ObjectSightings.Sighting, of object: ObjectID, listed head: ObjectHead?, tree: inout TileNodeSource
    ) -> AuditFinding {
        let index = stray.link.index
        do {
            let proof = try InclusionProof(leafIndex: index, treeSize: checkpoint.size, from: &tree)
            guard proof.isValid(leaf: stray.link.leafHash, root: checkpoint.root) else {
                return AuditFinding(
                    .leafMismatch, index: index, object: object.bytes,
                    detail: "the entry is not under the checkpoint's root")
            }
        } catch {
            return AuditFinding(
                .tileMismatch, index: index, object: object.bytes, detail: error.reason, unreadable: error)
        }
        if index < headsIndex, stray.sequence >= head.map({ $0.sequence + 1 }) ?? 0 {
            return AuditFinding(
                .headsMismatch, index: headsIndex, object: object.bytes,
                detail: "the heads list and the object's entry at \(index), which is newer than what the list has")
        }
        return AuditFinding(
            .duplicateEvent, index: index, object: object.bytes,
            detail: "this entry of the object is not in the chain that its newest entry ends")
    }
}
