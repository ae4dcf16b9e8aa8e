package import Signing
package import TraceLog

/// Derives tiles and bundles from the entries, reads them back, and signs a checkpoint over the bytes it read.
package actor LogPublisher {
    /// The remains of a crash that recovery found, and its action on them.
    package struct Recovery: Sendable, Equatable {
        /// Temporary files that were removed.
        package let discarded: [String]
        /// The number of entries that recovery published, and that an earlier process had left unpublished.
        package let finishedEntryCount: UInt64

        /// Notes, one line each; empty after a clean stop.
        package var lines: [String] {
            discarded.map { "discarded \($0), which a crash left half written" }
                + (finishedEntryCount > 0 ? ["published \(finishedEntryCount) entries that a crash left behind"] : [])
        }
    }

    private static let pollInterval = Duration.milliseconds(5)
    /// The most entries that one checkpoint adds, so that memory stays bounded.
    static let chunkEntryCount: UInt64 = 16_384

    /// The log, without the lease.
    let log: TraceLogStore
    /// The published checkpoint, as readers find it.
    let copy: any CheckpointRegister
    let tiles: any TileStore
    /// The log and the checkpoint in the term of the lease in which this publisher works.
    var store: TraceLogStore
    var register: any CheckpointRegister
    var held: LeasedStore
    /// Whether the memory of the tree may be another publisher's past, so that the published one is read anew.
    var isStale = false
    let origin: String
    private let key: SigningKey
    let noteKey: NoteKey
    /// The number of entries before this process added any; zero where they cannot be read, which recovery reports.
    private let earlierEntryCount: UInt64
    /// The tree of the newest checkpoint.
    var published = TileAccumulator()
    var checkpointBytes: [UInt8]?
    /// Whether the entries were checked against the checkpoint, which is done once.
    var isChecked = false
    /// The index of the heads entry whose list this publisher wrote last.
    var newestListIndex: UInt64?
    /// Called before every signature, on this publisher's own thread.
    private let maySign: @Sendable () throws -> Void
    /// Called with every checkpoint before its publication, on this publisher's own thread.
    private let announce: @Sendable (Checkpoint) throws -> Void
    /// Asks witnesses to cosign each checkpoint before its publication; nil where there are none.
    private(set) var cosigners: (any CheckpointCosigners)?
    /// Whether a publication runs, which may wait for witnesses.
    private(set) var isPublishing = false
    /// Files are written and synced here, not on a thread that answers requests.
    private let executor = QueueExecutor(label: "log.publish")

    package nonisolated var unownedExecutor: UnownedSerialExecutor {
        unsafe executor.asUnownedSerialExecutor()
    }

    /// Takes the log of a registry.
    ///
    /// - Parameters:
    ///   - store: has the entries.
    ///   - tiles: the published files.
    ///   - register: the published checkpoint.
    ///   - origin: the log's name.
    ///   - key: signs the checkpoints.
    ///   - maySign: is called before a checkpoint is made; an error from it keeps the checkpoint from being made.
    ///   - announce: is called with every checkpoint before its publication; an error from it stops the publication.
    /// - Throws: `malformed_key` when the key is not Ed25519.
    package init(
        store: TraceLogStore, tiles: any TileStore, register: any CheckpointRegister, origin: String, key: SigningKey,
        maySign: @escaping @Sendable () throws -> Void = {},
        announce: @escaping @Sendable (Checkpoint) throws -> Void = { _ in }
    ) throws(TraceLogError) {
        self.maySign = maySign
        self.announce = announce
        log = store
        held = LeasedStore(reading: store.registry)
        self.store = store.over(held)
        self.tiles = tiles
        copy = register
        self.register = register
        self.origin = origin
        self.key = key
        noteKey = try NoteKey(name: origin, kind: .ed25519, key: key.verificationKey)
        // Of several daemons, another one may have added them a moment ago.
        earlierEntryCount = store.registry.lease == nil ? (try? store.count()) ?? 0 : 0
    }

    /// The size of the newest checkpoint.
    package var publishedSize: UInt64 { published.size }

    /// Checks the entries against the published checkpoint, and finishes or discards a crash's remains.
    ///
    /// While another daemon publishes, it changes nothing.
    ///
    /// - Parameter thoroughly: checks every published file, and not just the newest.
    /// - Returns: the remains of a crash, and the action on them.
    /// - Throws: `log_inconsistent` when the entries differ from the published log, `log_behind` or `log_forked` after
    ///   a recovery, `log_unreadable` for a published file that is missing or cannot be read, or `CancellationError`
    ///   when the task was cancelled; nothing is signed then.
    package func recover(thoroughly: Bool = false) async throws -> Recovery {
        guard let discarded = try await inTerm({ try await self.checkPublished(thoroughly: thoroughly) }) else {
            try checkAsFollower(thoroughly: thoroughly)
            return Recovery(discarded: [], finishedEntryCount: 0)
        }
        let before = published.size
        _ = try await publish()
        let finished = max(before, min(published.size, earlierEntryCount)) - before
        return Recovery(discarded: discarded, finishedEntryCount: finished)
    }

    /// Checks the entries against the published checkpoint, once; returns the removed temporary files.
    private func checkPublished(thoroughly: Bool) async throws -> [String] {
        guard !isChecked else { return [] }
        let isFloored = try store.checkAgainstFloor()
        let discarded = tiles.discardUnfinished()
        try register.bringUpCopy()
        let found = try PublishedCheckpoint.read(from: register, tiles, of: store, key: noteKey)
        published = try found.map { try tree(of: $0.checkpoint, thoroughly: thoroughly) } ?? TileAccumulator()
        checkpointBytes = found?.bytes
        if found != nil { try await store.recordPublication() }
        if isFloored { try await store.removeFloor() }
        isChecked = true
        return discarded
    }

    /// Has witnesses asked from now on.
    package func employ(_ cosigners: any CheckpointCosigners) {
        self.cosigners = cosigners
    }

    /// Publishes every entry that is on disk; call it about once a second.
    ///
    /// A second call waits until the first has ended.
    ///
    /// - Returns: the newest checkpoint's size; nil while another daemon publishes.
    /// - Throws: the errors of ``recover(thoroughly:)``, which runs first unless it has run before.
    package func publish() async throws -> UInt64? {
        while isPublishing {
            // A cancelled task does not sleep; it gives the running publication its turn.
            try? await Task.sleep(for: Self.pollInterval)
            await Task.yield()
        }
        isPublishing = true
        defer { isPublishing = false }
        return try await inTerm { try await publishAll() }
    }

    private func publishAll() async throws -> UInt64 {
        _ = try await checkPublished(thoroughly: false)
        let isNew = checkpointBytes == nil
        repeat {
            let count = try store.publishableCount()
            while published.size < count || checkpointBytes == nil {
                try await publish(upTo: min(count, published.size + Self.chunkEntryCount))
            }
            if isNew { try await store.recordPublication() }
        } while try await makeReservedHeads()
        return published.size
    }

    /// Publishes the checkpoint of a new, empty log, so that auditors can check the log from its start.
    ///
    /// - Throws: `log_inconsistent` when the log has a checkpoint already.
    package static func publishEmptyLog(
        in register: any CheckpointRegister, origin: String, key: SigningKey
    ) throws {
        var note = SignedNote(text: Checkpoint(origin: origin, size: 0, root: .emptyRoot).text)
        try note.sign(name: origin, key: key)
        guard case .replaced = try register.replace(expecting: nil, with: note.bytes, announce: {}) else {
            throw LogError.inconsistent("a new log has a published checkpoint already")
        }
    }

    func replaceCheckpoint(with note: SignedNote, announce: () throws -> Void) throws {
        // The published checkpoint must still be the one that this publisher wrote: no other process may publish.
        let outcome = try register.replace(expecting: checkpointBytes, with: note.bytes, announce: announce)
        switch outcome {
        case .replaced: checkpointBytes = note.bytes
        case .refused(nil): throw LogError.missing(PublishedCheckpoint.name)
        case .refused: throw LogError.inconsistent("another program changed the published checkpoint")
        }
    }

    private func publish(upTo end: UInt64) async throws {
        try maySign()
        let paths = try writeTiles(upTo: end) { try tiles.writeOnce($1, at: $0) }
        try tiles.sync(paths.map(\.path))
        let headsIndex = try publishHeads(upTo: end, from: published.size)
        store.faults(.tilesWritten)
        let next = try readBack(upTo: end)
        var hasher = MerkleHasher()
        let checkpoint = Checkpoint(origin: origin, size: end, root: next.root(hasher: &hasher))
        var note = SignedNote(text: checkpoint.text)
        try note.sign(name: origin, key: key)
        store.faults(.checkpointSigned)
        if let cosigners {
            // A witness's copy leaves this machine, as a published checkpoint does.
            try announce(checkpoint)
            note = await cosigners.cosigned(note)
        }
        try replaceCheckpoint(with: note) { try announce(checkpoint) }
        store.faults(.checkpointPublished)
        published = next
        for path in paths where !path.isPartial { tiles.removePartials(of: path) }
        if let headsIndex { try removeHeads(before: headsIndex) }
    }

    /// Refuses a file that the next publication would write and that is there with other bytes; it writes nothing.
    ///
    /// - Parameter tree: the published tree.
    /// - Throws: `log_inconsistent`.
    func checkNextTiles(after tree: TileAccumulator) throws {
        published = tree
        let end = min(try store.publishableCount(), tree.size + Self.chunkEntryCount)
        _ = try writeTiles(upTo: end) { path, bytes in
            if let found = try tiles.read(path), found != bytes { throw LogError.occupied(path) }
        }
    }

    /// Writes every tile and bundle that differs between the published tree and the tree of `end` entries.
    private func writeTiles(
        upTo end: UInt64, write: (_ path: String, _ bytes: [UInt8]) throws -> Void
    ) throws -> [TilePath] {
        var tree = published
        var paths: [TilePath] = []
        var hasher = MerkleHasher()
        let bundles = try bundles(upTo: end)
        store.faults(.entriesRead)
        for (path, entries) in bundles {
            var bytes: [UInt8] = []
            for entry in entries {
                EntryBundle.append(entry.bytes, to: &bytes)
                guard entry.index >= published.size else { continue }
                try entry.check(by: &hasher)
                try tree.append(entry.leafHash, hasher: &hasher) { tile in
                    try write(tile.path.path, tile.bytes)
                    paths.append(tile.path)
                }
            }
            try write(path.path, bytes)
            paths.append(path)
        }
        // A tile of the published tree that did not grow lies there already.
        let unchanged = Set(published.partialTiles.map(\.path))
        for tile in tree.partialTiles where !unchanged.contains(tile.path) {
            try write(tile.path.path, tile.bytes)
            paths.append(tile.path)
        }
        return paths
    }

    /// Reads bundles and tiles back from the disk, and builds the tree from them alone.
    private func readBack(upTo end: UInt64) throws -> TileAccumulator {
        var tree = published
        var hasher = MerkleHasher()
        var index = published.size
        while index < end {
            let bundleIndex = index / UInt64(TilePath.fullWidth)
            let width = TilePath.width(kind: .entries, index: bundleIndex, size: end)
            let path = TilePath(kind: .entries, index: bundleIndex, width: width)
            let bundle = try EntryBundle(bytes: tiles.read(path), width: width)
            for position in Int(index % UInt64(TilePath.fullWidth))..<width {
                try tree.append(hasher.leaf(bundle.entry(position)), hasher: &hasher) {
                    try checkFile($0.path, equals: $0.bytes)
                }
                index += 1
            }
        }
        for tile in tree.partialTiles { try checkFile(tile.path, equals: tile.bytes) }
        return tree
    }

    /// The bundles that contain the entries from the published size to `end`, each with all its entries.
    private func bundles(upTo end: UInt64) throws -> [(TilePath, [StoredEntry])] {
        let width = UInt64(TilePath.fullWidth)
        var bundles: [(TilePath, [StoredEntry])] = []
        var start = published.size / width * width
        while start < end {
            let stop = min(end, start + width)
            let path = TilePath(kind: .entries, index: start / width, width: Int(stop - start))
            bundles.append((path, try store.everyEntry(start..<stop)))
            start = stop
        }
        return bundles
    }
}
