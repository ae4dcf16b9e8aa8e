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
    private let chainLengthMax: UInt64

    /// - Parameters:
    ///   - object: the object's identifier.
    ///   - source: the log.
    ///   - options: what it is held to.
    ///   - readsWholeLog: trusts no heads entry, and replays the log.
    ///   - chainLengthMax: the most entries of one chain that are sought out one by one; the whole log, bundle after
    ///     bundle, is read sooner than a longer one.
    package init(
        object: ObjectID, source: Source, options: AuditOptions, readsWholeLog: Bool = false,
        chainLengthMax: UInt64 = 1 << 20
    ) {
        self.object = object
        self.source = source
        self.options = options
        self.readsWholeLog = readsWholeLog
        self.chainLengthMax = chainLengthMax
    }

    /// Audits the object.
    ///
    /// - Returns: the report, and the checkpoint's note where it could be read.
    /// - Throws: `AuditSourceError` when the log could not be read, which says nothing of it.
    package func audit() async throws -> (report: ObjectReport, note: SignedNote?) {
        guard !readsWholeLog else { return try await replay(because: "it was asked for") }
        do {
            return try auditInPart()
        } catch let error as TooLittle {
            return try await replay(because: error.reason)
        }
    }

    /// Why the whole log must be read.
    private struct TooLittle: Error {
        let reason: String
    }

    private func auditInPart() throws -> (report: ObjectReport, note: SignedNote?) {
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
            throw TooLittle(reason: "none of its last \(tail.entryReadCount) entries is a heads entry")
        }
        guard heads.statement.entryCount == heads.index, heads.statement.objectCount <= heads.index else {
            let finding = AuditFinding(
                .headsMismatch, index: heads.index, object: [], detail: "the heads entry and the place where it stands")
            return (report(checkpoint, findings + [finding], readCount: tail.entryReadCount), note)
        }
        var lookup = HeadsLookup(source: source, index: heads.index, statement: heads.statement)
        do {
            return (try prove(tail, heads.index, checkpoint, findings, &lookup, &tree), note)
        } catch let error as TraceLogError {
            let finding = AuditFinding(
                .headsMismatch, index: heads.index, object: [], detail: error.reason, unreadable: error)
            return (report(checkpoint, findings + [finding], readCount: tail.entryReadCount), note)
        }
    }

    /// Follows the chain from the newest entry that heads list and tail together show.
    private func prove(
        _ tail: LogTail, _ headsIndex: UInt64, _ checkpoint: Checkpoint, _ known: [AuditFinding],
        _ lookup: inout HeadsLookup<Source>, _ tree: inout TileNodeSource
    ) throws -> ObjectReport {
        let listed = try listed(object, headsIndex, &lookup)
        var walk = ChainWalk(checkpoint: checkpoint, sightings: tail.sightings, source: source)
        let history = try chain(of: object, listed.head, headsIndex, &walk, &tree)
        var log: (head: ObjectHead?, chain: [(entry: Entry, link: EntryLink)])?
        if options.signatures != .none, history.contains(where: { $0.entry.signature != nil }) {
            let head = try self.listed(.log, headsIndex, &lookup).head
            log = (head, try chain(of: .log, head, headsIndex, &walk, &tree))
        }
        var findings = known + walk.findings
        var events = history.map { ObjectReport.Event(entry: $0.entry, link: $0.link, isSignatureValid: nil) }
        // What a chain that broke off says of the rest proves nothing.
        if walk.findings.isEmpty {
            let hold = ChainHold(checkpoint: checkpoint, headsIndex: headsIndex, sightings: walk.sightings)
            findings += hold.judge(history, of: object, listed: listed.head, tree: &tree)
            findings += judgeOpenings(history)
            if let log {
                findings += hold.judge(log.chain, of: .log, listed: log.head, tree: &tree)
                let judged = HistorySignatures.judge(history, log: log.chain, signatures: options.signatures)
                findings += judged.findings
                events = judged.events
            }
        }
        return ObjectReport(
            object: object,
            audit: AuditReport(
                size: checkpoint.size, root: checkpoint.root, findings: findings,
                eventCount: UInt64(events.count { $0.entry.event.kind == .observed }),
                objectCount: events.isEmpty ? 0 : 1),
            events: events,
            completeness: .heads(
                headsIndex: headsIndex, tailEntryCount: checkpoint.size - headsIndex - 1,
                isAudited: headsIndex < options.auditedEntryCount),
            neighbours: events.isEmpty ? listed.neighbours : nil,
            entryReadCount: tail.entryReadCount + walk.entryReadCount)
    }

    private func listed(
        _ object: ObjectID, _ headsIndex: UInt64, _ lookup: inout HeadsLookup<Source>
    ) throws -> HeadsLookup<Source>.Listed {
        guard let listed = try lookup.find(object).listed else {
            throw TooLittle(reason: "the list behind the heads entry at \(headsIndex) is not published")
        }
        return listed
    }

    private func chain(
        of object: ObjectID, _ head: ObjectHead?, _ headsIndex: UInt64, _ walk: inout ChainWalk<Source>,
        _ tree: inout TileNodeSource
    ) throws -> [(entry: Entry, link: EntryLink)] {
        let newest =
            walk.sightings.newest(of: object, from: headsIndex)
            ?? head.map { ObjectSightings.Sighting(sequence: $0.sequence, link: $0.link) }
        guard let newest else { return [] }
        guard newest.sequence < chainLengthMax else {
            throw TooLittle(reason: "a chain of more than \(chainLengthMax) entries is read sooner so")
        }
        return try walk.chain(of: object, newest: newest, tree: &tree)
    }

    private func judgeOpenings(_ history: [(entry: Entry, link: EntryLink)]) -> [AuditFinding] {
        var ledger = CommitmentLedger()
        var findings: [AuditFinding] = []
        for (entry, link) in history {
            findings += ledger.accept(entry, index: link.index, object: ObjectKey(object))
        }
        guard let openings = options.openings else { return findings }
        return findings + ledger.judge(openings, indices: Set(history.map(\.link.index)))
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
