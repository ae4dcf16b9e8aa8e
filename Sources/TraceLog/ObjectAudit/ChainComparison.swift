/// Compares an object's chain with the heads list, and with every entry of the object in the bundles that were read.
struct ChainComparison {
    let checkpoint: Checkpoint
    let headsIndex: UInt64
    let sightings: ObjectSightings

    /// The chain must pass through the entry that the heads list names, and must leave out no entry that was read.
    func judge(
        _ history: [(entry: Entry, link: EntryLink)], of object: ObjectID, listed head: ObjectHead?,
        tree: inout TileNodeSource
    ) -> [AuditFinding] {
        let before = history.last { $0.link.index < headsIndex }
        if before?.link != head?.link || before?.entry.sequence != head?.sequence {
            return [
                AuditFinding(
                    .headsMismatch, index: headsIndex, object: object.bytes,
                    detail: "the heads list names another newest entry of the object than its chain has")
            ]
        }
        var findings = history.compactMap { Self.misplaced($0.entry, at: $0.link.index) }
        let strays = sightings.strays(of: object, outside: Set(history.map(\.link.index)))
        for stray in strays.prefix(FindingList.countMax) {
            let finding = judge(stray, of: object, listed: head, tree: &tree)
            // One finding says that the list is wrong: that of the first entry that shows it.
            if finding.code == .headsMismatch, findings.contains(where: { $0.code == .headsMismatch }) { continue }
            findings.append(finding)
        }
        return findings
    }

    /// A finding where an object's chain holds an event that only the log's own chain may hold.
    private static func misplaced(_ entry: Entry, at index: UInt64) -> AuditFinding? {
        guard entry.object != .log else { return nil }
        let (code, detail): (AuditFinding.Code, String)
        switch entry.event {
        case .observed, .erased, .act: return nil
        case .keyStatus: (code, detail) = (KeyViolation.outsideLogChain.code, KeyViolation.outsideLogChain.detail)
        case .heads: (code, detail) = (.headsMismatch, HeadsStatement.misplacedDetail)
        }
        return AuditFinding(code, index: index, object: entry.object.bytes, detail: detail)
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
                    detail: AuditFinding.notIncludedDetail)
            }
        } catch {
            return AuditFinding(
                .tileMismatch, index: index, object: object.bytes, detail: error.reason, unreadable: error)
        }
        if index < headsIndex, stray.sequence >= head.map({ $0.sequence + 1 }) ?? 0 {
            return AuditFinding(
                .headsMismatch, index: headsIndex, object: object.bytes,
                detail: "the heads list leaves out the object's entry at \(index), which is newer than the listed one")
        }
        return AuditFinding(
            .duplicateEvent, index: index, object: object.bytes,
            detail: "the object has this entry, and the chain of its newest entry leaves it out")
    }
}
