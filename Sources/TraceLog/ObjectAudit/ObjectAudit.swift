/// Proves one object's whole history out of a log that it does not trust, reading no more of the log than it must.
///
/// The newest heads entry that the log holds, and the list published behind it, say what the object's newest entry
/// was; every entry after that is read; the object's own chain leads back from there. All of it is held to the
/// checkpoint's root. Where that does not do, the whole log is replayed.
package struct ObjectAudit<Source: AuditSource>: Sendable {
    private let object: ObjectID
    private let source: Source
    private let options: AuditOptions
    private let readsWholeLog: Bool

    package init(object: ObjectID, source: Source, options: AuditOptions, readsWholeLog: Bool = false) {
        self.object = object
        self.source = source
        self.options = options
        self.readsWholeLog = readsWholeLog
    }

    /// Audits the object.
    ///
    /// - Returns: the report, and the checkpoint's note where it could be read.
    /// - Throws: `AuditSourceError` when the log could not be read, which says nothing of it.
    package func audit() async throws -> (report: ObjectReport, note: SignedNote?) {
        guard !readsWholeLog else { return try await replay(because: "it was asked for") }
        let bytes = try Auditor(source: source, options: options).checkpointBytes()
        let statement = CheckpointStatement(bytes: bytes, options: options)
        guard let note = statement.note, let checkpoint = statement.checkpoint, statement.isReadable else {
            return (report(statement.checkpoint, statement.findings), statement.note)
        }
        var tree = TileNodeSource(size: checkpoint.size, source: source)
        var findings = statement.findings
        findings += try AnchorProof.judge(checkpoint, options: options, tree: &tree, source: source)
        guard !findings.contains(where: \.isTampering) else { return (report(checkpoint, findings), note) }
        let tail = try LogTail(
            objects: [object, .log], size: checkpoint.size, root: checkpoint.root, source: source, tree: &tree)
        guard tail.findings.isEmpty else {
            return (report(checkpoint, findings + tail.findings, readCount: tail.entryReadCount), note)
        }
        guard let heads = tail.heads else {
            return try await replay(because: "none of its last \(tail.entryReadCount) entries is a heads entry")
        }
        guard heads.statement.entryCount == heads.index, heads.statement.objectCount <= heads.index else {
            let finding = AuditFinding(
                .headsMismatch, index: heads.index, object: [], detail: "the heads entry and the place where it stands")
            return (report(checkpoint, findings + [finding], readCount: tail.entryReadCount), note)
        }
        var lookup = HeadsLookup(source: source, index: heads.index, statement: heads.statement)
        do {
            switch try lookup.find(object) {
            case .unpublished:
                return try await replay(because: "the list behind the heads entry at \(heads.index) is not published")
            case .present(let head):
                return (try prove(head, nil, tail, checkpoint, findings, tree: &tree), note)
            case .absent(let before, let after):
                let neighbours = (before?.object, after?.object)
                return (try prove(nil, neighbours, tail, checkpoint, findings, tree: &tree), note)
            }
        } catch let error as TraceLogError {
            let finding = AuditFinding(
                .headsMismatch, index: heads.index, object: [], detail: error.reason, unreadable: error)
            return (report(checkpoint, findings + [finding], readCount: tail.entryReadCount), note)
        }
    }

    /// Follows the chain from the newest entry that heads list and tail together show.
    private func prove(
        _ head: ObjectHead?, _ neighbours: (before: ObjectID?, after: ObjectID?)?, _ tail: LogTail,
        _ checkpoint: Checkpoint, _ known: [AuditFinding], tree: inout TileNodeSource
    ) throws(AuditSourceError) -> ObjectReport {
        let headsIndex = tail.heads?.index ?? 0
        let later = tail.entries.filter { $0.entry.object == object }
        let newest = later.last.map { ($0.link, $0.entry.sequence) } ?? head.map { ($0.link, $0.sequence) }
        var walk = ChainWalk(size: checkpoint.size, root: checkpoint.root, source: source)
        var findings = known
        var history: [(entry: Entry, link: EntryLink)] = []
        if let (link, sequence) = newest {
            history = try walk.chain(of: object, newest: link, sequence: sequence, tree: &tree)
            findings += walk.findings
            if walk.findings.isEmpty { findings += hold(history, to: head, later, headsIndex: headsIndex) }
        }
        var events = history.map { ObjectReport.Event(entry: $0.entry, link: $0.link, isSignatureValid: nil) }
        if options.signatures != .none, history.contains(where: { $0.entry.signature != nil }),
            let own = tail.entries.last(where: { $0.entry.object == .log })
        {
            var logWalk = ChainWalk(size: checkpoint.size, root: checkpoint.root, source: source)
            let log = try logWalk.chain(of: .log, newest: own.link, sequence: own.entry.sequence, tree: &tree)
            findings += logWalk.findings
            let judged = HistorySignatures.judge(history, log: log, signatures: options.signatures)
            findings += judged.findings
            events = judged.events
        }
        findings += missingOpenings(history)
        return ObjectReport(
            object: object,
            audit: AuditReport(
                size: checkpoint.size, root: checkpoint.root, findings: findings,
                eventCount: UInt64(events.count { $0.entry.event.kind == .observed }),
                objectCount: events.isEmpty ? 0 : 1),
            events: events,
            completeness: .heads(headsIndex: headsIndex, tailEntryCount: checkpoint.size - headsIndex - 1),
            neighbours: events.isEmpty ? neighbours : nil,
            entryReadCount: tail.entryReadCount + walk.entryReadCount)
    }

    /// The chain must pass through the entry that the heads list names, and through every later one.
    private func hold(
        _ history: [(entry: Entry, link: EntryLink)], to head: ObjectHead?,
        _ later: [(entry: Entry, link: EntryLink)], headsIndex: UInt64
    ) -> [AuditFinding] {
        let before = history.last { $0.link.index < headsIndex }
        if before?.link != head?.link || before?.entry.sequence != head?.sequence {
            return [
                AuditFinding(
                    .headsMismatch, index: headsIndex, object: object.bytes,
                    detail: "the object's newest entry in the heads list and the one in its chain")
            ]
        }
        let known = Set(history.map(\.link.index))
        return later.filter { !known.contains($0.link.index) }.map { stray in
            AuditFinding(
                .duplicateEvent, index: stray.link.index, object: object.bytes,
                detail: "this entry of the object is not in the chain that its newest entry ends")
        }
    }

    private func missingOpenings(_ history: [(entry: Entry, link: EntryLink)]) -> [AuditFinding] {
        guard let openings = options.openings else { return [] }
        var ledger = CommitmentLedger()
        for (entry, link) in history {
            let key = ObjectKey(entry.object)
            if case .erased(let erasure) = entry.event { ledger.erase(erasure) }
            for commitment in entry.commitments { ledger.note(commitment, index: link.index, object: key) }
        }
        return ledger.judge(openings, indices: Set(history.map(\.link.index)))
    }

    private func report(
        _ checkpoint: Checkpoint?, _ findings: [AuditFinding], readCount: UInt64 = 0
    ) -> ObjectReport {
        let audit = AuditReport(
            size: checkpoint?.size ?? 0, root: checkpoint?.root ?? .emptyRoot, findings: findings)
        return ObjectReport(
            object: object, audit: audit, events: [], completeness: .none, neighbours: nil, entryReadCount: readCount)
    }

    private func replay(because reason: String) async throws -> (report: ObjectReport, note: SignedNote?) {
        let outcome = try await Auditor(source: source, options: options).audit(watching: ObjectKey(object))
        let refused = Set(
            outcome.report.findings.filter { [.actorSignature, .keyRevoked].contains($0.code) }.compactMap(\.index))
        let events = outcome.watched.map { (entry, link) in
            let isChecked: Bool =
                switch (entry.signature, options.signatures) {
                case (nil, _), (_, .none), (.alone, .batch): false
                default: true
                }
            // One finding speaks for a whole batch, and not all findings are kept: any leaves the others open.
            let isValid: Bool? = refused.contains(link.index) ? false : refused.isEmpty ? true : nil
            return ObjectReport.Event(entry: entry, link: link, isSignatureValid: isChecked ? isValid : nil)
        }
        return (
            ObjectReport(
                object: object, audit: outcome.report, events: events, completeness: .wholeLog(reason: reason),
                neighbours: nil, entryReadCount: outcome.report.size),
            outcome.note
        )
    }
}
