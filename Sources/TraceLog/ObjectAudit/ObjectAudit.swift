/// Proves one object's whole history without trusting the log, and reads only a small part of it.
///
/// The newest heads entry and its published list name the object's newest entry up to there; every later entry of the
/// log is read; the object's chain leads back from its newest entry. All of it is proved to the checkpoint's root. Where
/// that is not possible, the whole log is replayed.
package struct ObjectAudit<Source: AuditSource>: Sendable {
    private let object: ObjectID
    private let source: Source
    private let options: AuditOptions
    private let readsWholeLog: Bool
    private let chainLengthMax: UInt64

    /// - Parameters:
    ///   - object: the object's identifier.
    ///   - source: the log.
    ///   - options: what the log is compared with.
    ///   - readsWholeLog: trusts no heads entry, and replays the log.
    ///   - chainLengthMax: the longest chain that is followed entry by entry; for a longer one the whole log is
    ///     replayed, which takes less time.
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
    /// - Throws: `AuditSourceError` when the log could not be read, which says nothing about its honesty.
    package func audit() async throws -> (report: ObjectReport, note: SignedNote?) {
        guard !readsWholeLog else { return try await replay(because: "it was requested") }
        do {
            return try auditInPart()
        } catch let error as WholeLogNeeded {
            return try await replay(because: error.reason)
        }
    }

    /// The history cannot be proved from a part of the log, for this reason.
    private struct WholeLogNeeded: Error {
        let reason: String
    }

    private func auditInPart() throws -> (report: ObjectReport, note: SignedNote?) {
        let bytes = try Auditor(source: source, options: options).checkpointBytes()
        let statement = CheckpointStatement(bytes: bytes, options: options)
        guard let note = statement.note, let checkpoint = statement.checkpoint, statement.isReadable else {
            return (report(statement, statement.findings), statement.note)
        }
        var tree = TileNodeSource(size: checkpoint.size, source: source)
        var findings = statement.findings
        findings += try AnchorProof.judge(checkpoint, options: options, tree: &tree, source: source)
        guard !findings.contains(where: \.isTampering) else { return (report(statement, findings), note) }
        let tail = try LogTail(
            objects: [object, .log], size: checkpoint.size, root: checkpoint.root, source: source, tree: &tree)
        guard tail.findings.isEmpty else {
            return (report(statement, findings + tail.findings, readCount: tail.entryReadCount), note)
        }
        guard let heads = tail.heads else {
            throw WholeLogNeeded(reason: "there is no heads entry among its last \(tail.entryReadCount) entries")
        }
        guard heads.statement.entryCount == heads.index, heads.statement.objectCount <= heads.index else {
            let finding = AuditFinding(
                .headsMismatch, index: heads.index, object: [],
                detail: "the heads entry does not state the number of entries before it")
            return (report(statement, findings + [finding], readCount: tail.entryReadCount), note)
        }
        var lookup = HeadsLookup(source: source, index: heads.index, statement: heads.statement)
        do {
            return (try prove(tail, heads.index, checkpoint, statement, findings, &lookup, &tree), note)
        } catch let error as TraceLogError {
            let finding = AuditFinding(
                .headsMismatch, index: heads.index, object: [], detail: error.reason, unreadable: error)
            return (report(statement, findings + [finding], readCount: tail.entryReadCount), note)
        }
    }

    /// Follows the chain from the object's newest entry, which the heads list or the tail shows.
    private func prove(
        _ tail: LogTail, _ headsIndex: UInt64, _ checkpoint: Checkpoint, _ statement: CheckpointStatement,
        _ known: [AuditFinding], _ lookup: inout HeadsLookup<Source>, _ tree: inout TileNodeSource
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
        // An incomplete chain proves nothing about the rest.
        if walk.findings.isEmpty {
            let comparison = ChainComparison(checkpoint: checkpoint, headsIndex: headsIndex, sightings: walk.sightings)
            findings += comparison.judge(history, of: object, listed: listed.head, tree: &tree)
            findings += judgeOpenings(history)
            if let log {
                findings += comparison.judge(log.chain, of: .log, listed: log.head, tree: &tree)
                let judged = HistorySignatures.judge(history, log: log.chain, signatures: options.signatures)
                findings += judged.findings
                events = judged.events
            }
        }
        let isAudited = headsIndex < options.auditedEntryCount
        if !isAudited { findings.append(.unaudited(headsIndex, object)) }
        return ObjectReport(
            object: object,
            audit: AuditReport(
                size: checkpoint.size, root: checkpoint.root, findings: findings,
                eventCount: UInt64(events.count { $0.entry.event.kind == .observed }),
                objectCount: events.isEmpty ? 0 : 1, cosignatures: statement.cosignatures),
            events: events,
            completeness: .heads(
                headsIndex: headsIndex, tailEntryCount: checkpoint.size - headsIndex - 1, isAudited: isAudited),
            neighbours: events.isEmpty ? listed.neighbours : nil,
            entryReadCount: tail.entryReadCount + walk.entryReadCount)
    }

    private func listed(
        _ object: ObjectID, _ headsIndex: UInt64, _ lookup: inout HeadsLookup<Source>
    ) throws -> HeadsLookup<Source>.Listed {
        guard let listed = try lookup.find(object).listed else {
            throw WholeLogNeeded(reason: "the list of the heads entry at \(headsIndex) is not published")
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
            throw WholeLogNeeded(
                reason:
                    "the chain has over \(chainLengthMax) entries, and replaying the log is faster than following it")
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
        _ statement: CheckpointStatement, _ findings: [AuditFinding], readCount: UInt64 = 0
    ) -> ObjectReport {
        let audit = AuditReport(
            size: statement.checkpoint?.size ?? 0, root: statement.checkpoint?.root ?? .emptyRoot, findings: findings,
            cosignatures: statement.cosignatures)
        return ObjectReport(
            object: object, audit: audit, events: [], completeness: .none, neighbours: nil, entryReadCount: readCount)
    }

    private func replay(because reason: String) async throws -> (report: ObjectReport, note: SignedNote?) {
        let outcome = try await Auditor(source: source, options: options).audit(watching: ObjectKey(object))
        let refused = Set(
            outcome.report.findings.filter { [.actorSignature, .keyRevoked].contains($0.code) }.compactMap(\.index))
        let events = outcome.watched.map { (entry, link) in
            let isChecked = options.signatures.includes(entry.signature)
            // One finding stands for a whole batch, and only some findings are kept: any one leaves the others open.
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

extension AuditFinding {
    /// The history rests on a heads entry that nobody has checked, and a lying one could hide the newest events.
    fileprivate static func unaudited(_ headsIndex: UInt64, _ object: ObjectID) -> AuditFinding {
        AuditFinding(
            .headsUnaudited, index: headsIndex, object: object.bytes, isTampering: false,
            detail: "no audit has checked the heads entry on which the history rests, and it could hide newer events")
    }
}
