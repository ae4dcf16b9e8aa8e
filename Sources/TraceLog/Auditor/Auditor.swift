/// Audits a log that it does not trust: reads it once, in order, and recomputes all of it.
package struct Auditor<Source: AuditSource>: Sendable {
    // 64 bundles of 256 entries a thread and round: enough to keep both busy, and a constant of memory.
    private static var bundlesARound: Int { 64 }
    private static var bundlesAShare: Int { 8 }

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
    /// - Throws: `AuditSourceError` when the log could not be read, which says nothing of it.
    package func audit() async throws -> (report: AuditReport, note: SignedNote?) {
        let outcome = try await audit(watching: nil)
        return (outcome.report, outcome.note)
    }

    /// Audits the log, and keeps the entries of one object.
    func audit(watching watched: ObjectKey?) async throws -> Outcome {
        let statement = CheckpointStatement(bytes: try checkpointBytes(), options: options)
        guard let note = statement.note, let checkpoint = statement.checkpoint, statement.isReadable else {
            let report = AuditReport(size: 0, root: .emptyRoot, findings: statement.findings)
            return Outcome(report: report, note: statement.note, watched: [])
        }
        var tree = TreeAudit(checkpoint: checkpoint, options: options)
        var replay = ChainReplay(signatures: options.signatures, openings: options.openings, watched: watched)
        try await run(size: checkpoint.size, tree: &tree, replay: &replay)
        var findings = statement.findings + replay.findings.all
        findings += try tree.finish(source: source)
        if let (index, heads) = replay.newestHeads {
            findings += try HeadsListAudit.check(index: index, statement: heads, source: source)
        }
        let report = AuditReport(
            size: checkpoint.size, root: tree.root, findings: findings,
            eventCount: options.tilesOnly ? checkpoint.size : replay.eventCount, objectCount: replay.objectCount)
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

    /// While one round is replayed in order, the next one is already read and hashed.
    private func run(size: UInt64, tree: inout TreeAudit, replay: inout ChainReplay) async throws {
        let bundleCount = (size + UInt64(TilePath.fullWidth) - 1) / UInt64(TilePath.fullWidth)
        var next: UInt64 = 0
        var pending = Task { try await self.digests(0..<0, size: size) }
        while true {
            let start = next
            let end = min(bundleCount, start + UInt64(Self.bundlesARound * options.threadCount))
            let round = Task { try await self.digests(start..<end, size: size) }
            let digests = try await pending.value
            for digest in digests {
                try tree.accept(digest, source: source)
                if !options.tilesOnly { replay.accept(digest) }
            }
            replay.findings.add(await SignatureJob.check(replay.takeJobs(), threadCount: options.threadCount))
            options.progress?(min(size, start * UInt64(TilePath.fullWidth)), size)
            // A bundle that is not there ends the reading: what a forged size claims beyond it is not walked.
            if start == bundleCount || digests.last.map({ $0.hashes.isEmpty }) == true {
                round.cancel()
                break
            }
            pending = round
            next = end
        }
        replay.finish()
    }

    private func digests(_ numbers: Range<UInt64>, size: UInt64) async throws -> [BundleDigest] {
        // Small shares, so that a thread that replays meanwhile leaves the others the larger part.
        let share = Self.bundlesAShare
        return try await withThrowingTaskGroup(of: [BundleDigest].self) { group in
            for start in stride(from: numbers.lowerBound, to: numbers.upperBound, by: share) {
                let part = start..<min(start + UInt64(share), numbers.upperBound)
                group.addTask {
                    var hasher = MerkleHasher()
                    var digests: [BundleDigest] = []
                    for number in part {
                        digests.append(
                            try BundleDigest(
                                number: number, size: size, source: source, tilesOnly: options.tilesOnly,
                                hasher: &hasher))
                        if digests.last?.hashes.isEmpty == true { break }
                    }
                    return digests
                }
            }
            var all: [BundleDigest] = []
            for try await part in group { all += part }
            return all.sorted { $0.firstIndex < $1.firstIndex }
        }
    }
}
