/// Audits a log without trusting it: reads it once, in order, and recomputes all of it.
package struct Auditor<Source: AuditSource>: Sendable {
    // 4 bundles of 256 entries: enough that handing them over costs little, few enough to stay in the cache.
    private static var bundlesAShare: UInt64 { 4 }
    // The shares for each thread that are read and hashed ahead of the replay; they bound the memory.
    private static var sharesAThread: UInt64 { 3 }

    struct Outcome {
        let report: AuditReport
        let note: SignedNote?
        let watched: [(entry: Entry, link: EntryLink)]
    }

    private let source: Source
    private let options: AuditOptions

    package init(source: Source, options: AuditOptions) {
        self.source = source
        self.options = options
    }

    /// Audits the log.
    ///
    /// - Returns: the report, and the checkpoint's note where it could be read.
    /// - Throws: `AuditSourceError` when the log could not be read, which says nothing about its honesty.
    package func audit() async throws -> (report: AuditReport, note: SignedNote?) {
        let outcome = try await audit(watching: nil)
        return (outcome.report, outcome.note)
    }

    /// Audits the log, and collects the entries of one object.
    func audit(watching watched: ObjectKey?) async throws -> Outcome {
        let statement = CheckpointStatement(bytes: try checkpointBytes(), options: options)
        guard let note = statement.note, let checkpoint = statement.checkpoint, statement.isReadable else {
            let report = AuditReport(
                size: 0, root: .emptyRoot, findings: statement.findings, cosignatures: statement.cosignatures)
            return Outcome(report: report, note: statement.note, watched: [])
        }
        var tree = TreeAudit(checkpoint: checkpoint, options: options)
        let rules = WholeEntry.Rules(
            signatures: options.signatures, checksOpenings: options.openings != nil, watched: watched)
        var replay = ChainReplay(rules: rules, openings: options.openings)
        try await run(size: checkpoint.size, rules: rules, tree: &tree, replay: &replay)
        var findings = statement.findings + replay.findings.all
        findings += try tree.finish(source: source)
        if let (index, heads) = replay.newestHeads {
            findings += try HeadsListAudit.check(index: index, statement: heads, source: source)
        }
        let report = AuditReport(
            size: checkpoint.size, root: tree.root, findings: findings,
            eventCount: options.tilesOnly ? checkpoint.size : replay.eventCount, objectCount: replay.objectCount,
            cosignatures: statement.cosignatures)
        return Outcome(report: report, note: note, watched: replay.watchedEntries)
    }

    /// The newest checkpoint's bytes, as the log serves them.
    func checkpointBytes() throws(AuditSourceError) -> [UInt8] {
        guard let bytes = try source.read("checkpoint", byteCountMax: SignedNote.byteCountMax) else {
            throw AuditSourceError(
                code: .unreadable, reason: "the log has no checkpoint", hint: "name a log in tlog-tiles layout")
        }
        return bytes
    }

    /// Replays shares in order, while those after them are read and hashed.
    private func run(
        size: UInt64, rules: WholeEntry.Rules, tree: inout TreeAudit, replay: inout ChainReplay
    ) async throws {
        AuditMemory.keep()
        let width = UInt64(TilePath.fullWidth)
        let bundleCount = (size + width - 1) / width
        let shareCount = (bundleCount + Self.bundlesAShare - 1) / Self.bundlesAShare
        try await withThrowingTaskGroup(of: (number: UInt64, digests: [BundleDigest]).self) { group in
            var waiting: [UInt64: [BundleDigest]] = [:]
            var launched: UInt64 = 0
            var replayed: UInt64 = 0
            while replayed < shareCount {
                while launched < min(shareCount, replayed + Self.sharesAThread * UInt64(options.threadCount)) {
                    let number = launched
                    let start = number * Self.bundlesAShare
                    let bundles = start..<min(start + Self.bundlesAShare, bundleCount)
                    group.addTask { (number, try digests(bundles, size: size, rules: rules)) }
                    launched += 1
                }
                guard let digests = waiting.removeValue(forKey: replayed) else {
                    if let share = try await group.next() { waiting[share.number] = share.digests }
                    continue
                }
                for digest in digests {
                    try tree.accept(digest, source: source)
                    replay.accept(digest)
                }
                replay.add(await SignatureJob.check(replay.takeJobs(), threadCount: options.threadCount))
                replayed += 1
                options.progress?(min(size, replayed * Self.bundlesAShare * width), size)
                // A missing bundle ends the reading: a forged size may claim any number of bundles after it.
                if digests.last.map({ $0.hashes.isEmpty }) == true { break }
            }
            group.cancelAll()
        }
        replay.finish()
    }

    private func digests(
        _ bundles: Range<UInt64>, size: UInt64, rules: WholeEntry.Rules
    ) throws -> [BundleDigest] {
        var memory = BundleMemory()
        var digests: [BundleDigest] = []
        for number in bundles {
            try Task.checkCancellation()
            var digest = try BundleDigest(
                number: number, size: size, source: source, tilesOnly: options.tilesOnly, memory: &memory)
            digest.readWhole(rules)
            digests.append(digest)
            if digest.hashes.isEmpty { break }
        }
        return digests
    }
}
