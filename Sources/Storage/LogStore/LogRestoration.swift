package import TraceLog

/// Puts published entries back into a log that was restored from a copy, so that it reaches a published checkpoint.
///
/// Everything is checked against the checkpoint's root before any entry is kept. An interrupted run is gone on with by
/// the next.
package struct LogRestoration: Sendable {
    /// What was put back.
    package struct Outcome: Sendable, Equatable {
        package init() {}

        /// The number of entries that were added.
        package internal(set) var entryCount: UInt64 = 0
        /// The number of openings that entries among them had erased.
        package internal(set) var erasedCount = 0
        /// The missing bundles' paths, the first ones; nothing was added then.
        package internal(set) var missingBundles: [String] = []
    }

    /// The most missing bundles that are named.
    private static let missingCountMax = 100

    private let store: TraceLogStore
    private let tiles: any TileStore
    private let checkpoint: Checkpoint

    /// Takes a published log.
    ///
    /// - Parameters:
    ///   - store: the log to restore.
    ///   - tiles: the published files, which anybody may have changed.
    ///   - checkpoint: a checkpoint whose signature was checked.
    package init(_ store: TraceLogStore, from tiles: any TileStore, to checkpoint: Checkpoint) {
        (self.store, self.tiles, self.checkpoint) = (store, tiles, checkpoint)
    }

    /// Adds the entries that the log lacks, and erases what they had erased.
    ///
    /// - Throws: `log_forked` when the log's own entries differ from the published ones; `published_log_differs` when the
    ///   bundles do not hash to the checkpoint; an error of the store.
    package func run() async throws -> Outcome {
        var outcome = Outcome()
        let (own, reserved) = try store.read { snapshot in
            (try Sequencer.next(snapshot).index, try Sequencer.reservedHeads(snapshot)?.index)
        }
        let start = min(own, reserved ?? own)
        guard start < checkpoint.size else { return outcome }
        let first = start / Self.width
        let last = (checkpoint.size - 1) / Self.width
        for index in first...last where outcome.missingBundles.count < Self.missingCountMax {
            let path = path(index)
            guard try !isThere(path) else { continue }
            outcome.missingBundles.append(path.path)
        }
        guard outcome.missingBundles.isEmpty else { return outcome }
        let digests = try check(from: start, own: own, first: first)
        for (index, digest) in zip(first...last, digests) {
            let bundle = try bundle(index)
            guard Self.digest(bundle) == digest else { throw Self.differs("\(path(index).path) changed meanwhile") }
            let (added, erased) = try await store.write { transaction in
                try Self.add(bundle, at: index * Self.width, to: transaction)
            }
            outcome.entryCount += added
            outcome.erasedCount += erased
        }
        return outcome
    }

    /// Checks the log's own entries and the published bundles together against the checkpoint.
    ///
    /// - Returns: each bundle's digest, so that exactly these bytes are added.
    private func check(from start: UInt64, own: UInt64, first: UInt64) throws -> [MerkleHash] {
        var tree = TileAccumulator()
        var hasher = MerkleHasher()
        while tree.size < first * Self.width {
            for entry in try store.everyEntry(tree.size..<min(first * Self.width, tree.size + Self.width)) {
                try entry.check(by: &hasher)
                try tree.append(entry.leafHash, hasher: &hasher) { (_) throws(LogError) in }
            }
        }
        var digests: [MerkleHash] = []
        while tree.size < checkpoint.size {
            let bundle = try bundle(tree.size / Self.width)
            digests.append(Self.digest(bundle))
            for position in bundle.ranges.indices {
                let index = tree.size
                let bytes = Array(bundle.entry(position))
                // A reserved entry has no bytes of its own yet.
                if index < own, let known = try store.entry(index), known.bytes != bytes {
                    throw LogError(
                        code: .logForked, reason: "entry \(index) differs from the published entry",
                        hint: "use this installation's own log; if it is, keep both and ask how they came apart")
                }
                try tree.append(hasher.leaf(bytes), hasher: &hasher) { (_) throws(LogError) in }
            }
        }
        guard tree.root(hasher: &hasher) == checkpoint.root else {
            throw Self.differs("the entries do not hash to the checkpoint's root")
        }
        return digests
    }

    /// Adds a bundle's entries that the log lacks, in one transaction.
    private static func add(
        _ bundle: EntryBundle, at start: UInt64, to transaction: any LogTransaction
    ) throws -> (added: UInt64, erased: Int) {
        var hasher = MerkleHasher()
        var (added, erased) = (UInt64(0), 0)
        for position in bundle.ranges.indices {
            let index = start + UInt64(position)
            let reserved = try Sequencer.reservedHeads(transaction)
            guard try index >= Sequencer.next(transaction).index || index == reserved?.index else { continue }
            let bytes = Array(bundle.entry(position))
            let entry = try Entry.decode(bytes[...])
            let chain = ObjectChain(endingWith: try transaction.head(of: entry.object))
            if let violation = chain.violation(sequence: entry.sequence, previous: entry.previous) {
                throw LogError.inconsistent("published entry \(index) does not fit the log: \(violation.detail)")
            }
            let stored = StoredEntry(index: index, leafHash: hasher.leaf(bytes), bytes: bytes)
            let head = stored.head(of: entry.object, sequence: entry.sequence)
            if index == reserved?.index {
                try transaction.fillEntry(stored, head: head)
            } else {
                try transaction.appendEntry(
                    stored, head: head, recordedAtMilliseconds: entry.recordedAtMilliseconds)
            }
            added += 1
            if case .erased(let erasure) = entry.event {
                erased += try transaction.eraseOpenings(of: erasure.index).count
            }
        }
        return (added, erased)
    }

    private func bundle(_ index: UInt64) throws -> EntryBundle {
        let path = path(index)
        guard let bytes = try tiles.published(path) else { throw Self.differs("\(path.path) is missing") }
        do {
            return try EntryBundle(bytes: bytes, width: path.width)
        } catch {
            throw Self.differs("\(path.path): \(error.reason)")
        }
    }

    private func isThere(_ path: TilePath) throws -> Bool {
        if try tiles.exists(path.path) { return true }
        return try path.isPartial && tiles.exists(TilePath(kind: .entries, index: path.index).path)
    }

    private func path(_ index: UInt64) -> TilePath {
        let width = TilePath.width(kind: .entries, index: index, size: checkpoint.size)
        return TilePath(kind: .entries, index: index, width: width)
    }

    private static let width = UInt64(TilePath.fullWidth)

    private static func digest(_ bundle: EntryBundle) -> MerkleHash {
        var hasher = MerkleHasher()
        return hasher.leaf(bundle.bytes)
    }

    private static func differs(_ reason: String) -> LogError {
        LogError(
            code: .publishedLogDiffers, reason: "the published log cannot be put back: \(reason)",
            hint: "take the log's files from another mirror or auditor")
    }
}
