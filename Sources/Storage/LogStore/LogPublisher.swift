package import Signing
package import TraceLog

/// Derives tiles and bundles from the entries, reads them back, and signs a checkpoint over what it read.
package actor LogPublisher {
    /// What a start found that a crash had left, and what became of it.
    package struct Recovery: Sendable, Equatable {
        /// Temporary files that were removed.
        package let discarded: [String]
        /// Entries that were on disk but not yet published, and are now.
        package let finishedEntryCount: UInt64

        /// What there is to tell, a line each; none after a stop in good order.
        package var lines: [String] {
            discarded.map { "discarded \($0), which a crash left half written" }
                + (finishedEntryCount > 0 ? ["published \(finishedEntryCount) entries that a crash left behind"] : [])
        }
    }

    /// Entries that one checkpoint adds at most, so that memory stays bounded.
    static let chunkEntryCount: UInt64 = 16_384

    let store: TraceLogStore
    let directory: LogDirectory
    let origin: String
    private let key: SigningKey
    let noteKey: NoteKey
    /// The tree that the newest checkpoint states.
    private var published = TileAccumulator()
    private var checkpointBytes: [UInt8]?
    /// Whether the entries were held to the checkpoint, which is done once.
    private var isHeld = false
    /// The heads entry whose list this publisher has written last.
    var newestListIndex: UInt64?
    /// Told of every checkpoint before that can be read, on this publisher's own thread.
    private let announce: @Sendable (Checkpoint) throws -> Void
    /// Files are written and synced here, not on a thread that answers requests.
    private let executor = QueueExecutor(label: "log.publish")

    package nonisolated var unownedExecutor: UnownedSerialExecutor {
        unsafe executor.asUnownedSerialExecutor()
    }

    /// Takes the log of a registry.
    ///
    /// - Parameters:
    ///   - store: the entries.
    ///   - directory: where they are published.
    ///   - origin: the log's name.
    ///   - key: signs the checkpoints.
    ///   - announce: is told of every checkpoint before that can be read; what it throws keeps the checkpoint back.
    /// - Throws: `malformed_key` when the key is not Ed25519.
    package init(
        store: TraceLogStore, directory: LogDirectory, origin: String, key: SigningKey,
        announce: @escaping @Sendable (Checkpoint) throws -> Void = { _ in }
    ) throws(TraceLogError) {
        self.announce = announce
        self.store = store
        self.directory = directory
        self.origin = origin
        self.key = key
        noteKey = try NoteKey(name: origin, kind: .ed25519, key: key.verificationKey)
    }

    /// The size of the newest checkpoint.
    package var publishedSize: UInt64 { published.size }

    /// Holds the entries to the published checkpoint, and finishes or discards what a crash left.
    ///
    /// - Parameter thoroughly: holds every published file to the entries, and not just the newest.
    /// - Returns: what a crash had left, and what became of it.
    /// - Throws: `log_inconsistent` when the entries are not what was published, `log_behind` or `log_forked` after a
    ///   recovery, `log_unreadable` for a published file that is missing or cannot be read, or `CancellationError`
    ///   where the task was cancelled meanwhile; nothing is signed then.
    package func recover(thoroughly: Bool = false) async throws -> Recovery {
        let discarded = try await hold(thoroughly: thoroughly)
        let before = published.size
        _ = try await publish()
        return Recovery(discarded: discarded, finishedEntryCount: published.size - before)
    }

    /// Holds the entries to the published checkpoint, once; says which temporary files it removed.
    private func hold(thoroughly: Bool) async throws -> [String] {
        guard !isHeld else { return [] }
        let isFloored = try store.holdToFloor()
        let discarded = directory.discardTemporaryFiles()
        let found = try PublishedCheckpoint.read(from: directory, of: store, key: noteKey)
        published = try found.map { try tree(of: $0.checkpoint, thoroughly: thoroughly) } ?? TileAccumulator()
        checkpointBytes = found?.bytes
        if found != nil { try await store.recordPublication() }
        if isFloored { try await store.removeFloor() }
        isHeld = true
        return discarded
    }

    /// Publishes everything that is on disk; call it about once a second.
    ///
    /// - Returns: the newest checkpoint's size.
    /// - Throws: as ``recover(thoroughly:)``, which it does first where nobody did.
    package func publish() async throws -> UInt64 {
        _ = try await hold(thoroughly: false)
        let isNew = checkpointBytes == nil
        repeat {
            let count = try store.publishableCount()
            while published.size < count || checkpointBytes == nil {
                try publish(upTo: min(count, published.size + Self.chunkEntryCount))
            }
            if isNew { try await store.recordPublication() }
        } while try await makeReservedHeads()
        return published.size
    }

    /// Publishes the checkpoint of a new log, which has no entries, so that an auditor has something to hold it to.
    package static func publishEmptyLog(in directory: LogDirectory, origin: String, key: SigningKey) throws {
        var note = SignedNote(text: Checkpoint(origin: origin, size: 0, root: .emptyRoot).text)
        try note.sign(name: origin, key: key)
        try directory.write(note.bytes, to: LogDirectory.checkpointName)
    }

    private func publish(upTo end: UInt64) throws {
        let paths = try writeTiles(upTo: end)
        let headsIndex = try publishHeads(upTo: end, from: published.size)
        directory.faults(.tilesWritten)
        let next = try readBack(upTo: end)
        var hasher = MerkleHasher()
        let checkpoint = Checkpoint(origin: origin, size: end, root: next.root(hasher: &hasher))
        var note = SignedNote(text: checkpoint.text)
        try note.sign(name: origin, key: key)
        directory.faults(.checkpointSigned)
        // Nobody else may have published in between: the file must still be the one this tree grew from.
        let bytes = try directory.read(LogDirectory.checkpointName)
        if bytes == nil, checkpointBytes != nil { throw LogError.missing(LogDirectory.checkpointName) }
        guard bytes == checkpointBytes else {
            throw LogError.inconsistent("another program changed the published checkpoint")
        }
        try announce(checkpoint)
        try directory.write(note.bytes, to: LogDirectory.checkpointName)
        directory.faults(.checkpointPublished)
        checkpointBytes = note.bytes
        published = next
        for path in paths where !path.isPartial { directory.removePartials(of: path) }
        if let headsIndex { removeHeads(except: headsIndex) }
    }

    /// Writes every tile and bundle that differs between the published tree and the one of `end` entries.
    private func writeTiles(upTo end: UInt64) throws -> [TilePath] {
        var tree = published
        var paths: [TilePath] = []
        var hasher = MerkleHasher()
        for (path, entries) in try bundles(upTo: end) {
            var bytes: [UInt8] = []
            for entry in entries {
                EntryBundle.append(entry.bytes, to: &bytes)
                guard entry.index >= published.size else { continue }
                try entry.check(by: &hasher)
                try tree.append(entry.leafHash, hasher: &hasher) { tile in
                    try directory.place(tile.bytes, at: tile.path.path)
                    paths.append(tile.path)
                }
            }
            try directory.place(bytes, at: path.path)
            paths.append(path)
        }
        for tile in tree.partialTiles {
            try directory.place(tile.bytes, at: tile.path.path)
            paths.append(tile.path)
        }
        try directory.syncFolders(above: paths.map(\.path))
        return paths
    }

    /// Reads bundles and tiles back from the disk and builds the tree from these alone.
    private func readBack(upTo end: UInt64) throws -> TileAccumulator {
        var tree = published
        var hasher = MerkleHasher()
        var index = published.size
        while index < end {
            let bundleIndex = index / UInt64(TilePath.fullWidth)
            let width = TilePath.width(kind: .entries, index: bundleIndex, size: end)
            let path = TilePath(kind: .entries, index: bundleIndex, width: width)
            let bundle = try EntryBundle(bytes: directory.read(path), width: width)
            for position in Int(index % UInt64(TilePath.fullWidth))..<width {
                try tree.append(hasher.leaf(bundle.entry(position)), hasher: &hasher) {
                    try hold($0.path, to: $0.bytes)
                }
                index += 1
            }
        }
        for tile in tree.partialTiles { try hold(tile.path, to: tile.bytes) }
        return tree
    }

    /// The bundles that entries from the published size to `end` fall into, each from its first entry.
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
