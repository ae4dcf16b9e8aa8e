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
    private let origin: String
    private let key: SigningKey
    private let noteKey: NoteKey
    /// The tree that the newest checkpoint states.
    private var published = TileAccumulator()
    private var checkpointBytes: [UInt8]?

    package init(
        store: TraceLogStore, directory: LogDirectory, origin: String, key: SigningKey
    ) throws(TraceLogError) {
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
    /// - Throws: `log_inconsistent` when the entries are not what was published; nothing is signed then.
    package func recover() throws -> Recovery {
        let discarded = directory.discardTemporaryFiles()
        published = TileAccumulator()
        checkpointBytes = directory.read(LogDirectory.checkpointName)
        if let bytes = checkpointBytes { try takeUp(SignedNote(bytes: bytes)) }
        let before = published.size
        _ = try publish()
        return Recovery(discarded: discarded, finishedEntryCount: published.size - before)
    }

    /// Publishes everything that is on disk; call it about once a second.
    ///
    /// - Returns: the newest checkpoint's size.
    package func publish() throws -> UInt64 {
        let count = try store.count()
        while published.size < count || checkpointBytes == nil {
            try publish(upTo: min(count, published.size + Self.chunkEntryCount))
        }
        return published.size
    }

    /// Publishes the checkpoint of a new log, which has no entries, so that an auditor has something to hold it to.
    package static func publishEmptyLog(in directory: LogDirectory, origin: String, key: SigningKey) throws {
        var note = SignedNote(text: Checkpoint(origin: origin, size: 0, root: .emptyRoot).text)
        try note.sign(name: origin, key: key)
        try directory.write(note.bytes, to: LogDirectory.checkpointName)
    }

    private func takeUp(_ note: SignedNote) throws {
        let checkpoint = try Checkpoint(text: note.text)
        guard checkpoint.origin == origin else {
            throw LogError.inconsistent(
                "the log was published as \(checkpoint.origin), and the settings make it \(origin)")
        }
        guard note.isSigned(by: noteKey) else {
            throw LogError.inconsistent("the published checkpoint is not signed by this log's key")
        }
        let count = try store.count()
        guard checkpoint.size <= count else {
            throw LogError.inconsistent(
                "\(checkpoint.size) entries are published, and the registry has only \(count)")
        }
        if let tree = try? edge(of: checkpoint) {
            published = tree
        } else {
            // A tile that a crash or a hand took away; the entries themselves decide then.
            try replay(checkpoint)
        }
    }

    /// The published tree by the tiles on its right edge alone, held to the checkpoint and to the newest entries, so
    /// that a start costs the same however long the log is.
    private func edge(of checkpoint: Checkpoint) throws -> TileAccumulator? {
        let size = checkpoint.size
        let rows = try (0...TilePath.levelMax).map { level -> [MerkleHash] in
            let width = Int((size >> UInt64(level * TilePath.height)) % UInt64(TilePath.fullWidth))
            guard width > 0 else { return [] }
            let index = size >> UInt64((level + 1) * TilePath.height)
            return try hashes(TilePath(kind: .hashes(level: level), index: index, width: width))
        }
        let tree = try TileAccumulator(size: size, rows: rows)
        var hasher = MerkleHasher()
        guard tree.root(hasher: &hasher) == checkpoint.root else { return nil }
        guard size > 0 else { return tree }
        let last = (size - 1) / UInt64(TilePath.fullWidth)
        let width = TilePath.width(kind: .hashes(level: 0), index: last, size: size)
        let start = last * UInt64(TilePath.fullWidth)
        let leaves = try store.entries(start..<size).map { hasher.leaf($0.bytes) }
        return try hashes(TilePath(kind: .hashes(level: 0), index: last, width: width)) == leaves ? tree : nil
    }

    private func hashes(_ path: TilePath) throws -> [MerkleHash] {
        try Tile(path: path, bytes: directory.read(path)).hashes
    }

    private func replay(_ checkpoint: Checkpoint) throws {
        var hasher = MerkleHasher()
        while published.size < checkpoint.size {
            let end = min(checkpoint.size, published.size + Self.chunkEntryCount)
            for entry in try store.entries(published.size..<end) {
                published.append(hasher.leaf(entry.bytes), hasher: &hasher) { _ in }
            }
        }
        guard published.root(hasher: &hasher) == checkpoint.root else {
            throw LogError.inconsistent("the entries do not hash to the published checkpoint's root")
        }
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
        guard directory.read(LogDirectory.checkpointName) == checkpointBytes else {
            throw LogError.inconsistent("another program changed the published checkpoint")
        }
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
                guard hasher.leaf(entry.bytes) == entry.leafHash else {
                    throw LogError.inconsistent("entry \(entry.index) does not hash to what was acknowledged")
                }
                try tree.append(entry.leafHash, hasher: &hasher) { tile in
                    try directory.write(tile.bytes, to: tile.path.path)
                    paths.append(tile.path)
                }
            }
            try directory.write(bytes, to: path.path)
            paths.append(path)
        }
        for tile in tree.partialTiles {
            try directory.write(tile.bytes, to: tile.path.path)
            paths.append(tile.path)
        }
        for path in Set(paths.map { $0.path.split(separator: "/").dropLast().joined(separator: "/") }) {
            try directory.syncFolders(above: path)
        }
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
                try tree.append(hasher.leaf(bundle.entry(position)), hasher: &hasher) { try compare($0) }
                index += 1
            }
        }
        for tile in tree.partialTiles { try compare(tile) }
        return tree
    }

    private func compare(_ tile: Tile) throws {
        guard try directory.read(tile.path) == tile.bytes else {
            throw LogError.inconsistent("\(tile.path.path) on disk is not what the entries hash to")
        }
    }

    /// The bundles that entries from the published size to `end` fall into, each from its first entry.
    private func bundles(upTo end: UInt64) throws -> [(TilePath, [StoredEntry])] {
        let width = UInt64(TilePath.fullWidth)
        var bundles: [(TilePath, [StoredEntry])] = []
        var start = published.size / width * width
        while start < end {
            let stop = min(end, start + width)
            let entries = try store.entries(start..<stop)
            guard entries.map(\.index) == Array(start..<stop) else {
                throw LogError.inconsistent("entries are missing between \(start) and \(stop)")
            }
            bundles.append((TilePath(kind: .entries, index: start / width, width: Int(stop - start)), entries))
            start = stop
        }
        return bundles
    }
}
