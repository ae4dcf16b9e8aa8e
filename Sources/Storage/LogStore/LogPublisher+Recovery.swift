import TraceLog

extension LogPublisher {
    /// Checks the entries against every published file and the remains of a publication, and changes nothing.
    ///
    /// - Throws: `log_inconsistent`, which names the difference; `log_unreadable`, `log_behind`, `log_forked`.
    package func inspect() throws {
        if let tree = try checkAsFollower(thoroughly: true) { try checkNextTiles(after: tree) }
    }

    /// The tree of a published checkpoint, after a check against the entries.
    ///
    /// - Parameters:
    ///   - checkpoint: the published checkpoint.
    ///   - thoroughly: reads every entry and every file. Otherwise only the tiles on the tree's right edge and the
    ///     newest entries are read, so that the cost does not grow with the log.
    /// - Returns: the tree, ready to grow.
    /// - Throws: `log_inconsistent`, which names the difference and its place; `log_unreadable`.
    func tree(of checkpoint: Checkpoint, thoroughly: Bool) throws -> TileAccumulator {
        let count = try store.count()
        guard checkpoint.size <= count else {
            throw LogError.inconsistent(
                "\(checkpoint.size) entries are published, and the registry has only \(count)")
        }
        if !thoroughly, let tree = try? edge(of: checkpoint) { return tree }
        return try wholeTree(of: checkpoint)
    }

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
        try Tile(path: path, bytes: published(path)).hashes
    }

    /// Derives every bundle, every tile and the newest heads list again, and compares them with the published files.
    private func wholeTree(of checkpoint: Checkpoint) throws -> TileAccumulator {
        var tree = TileAccumulator()
        var hasher = MerkleHasher()
        while tree.size < checkpoint.size {
            try Task.checkCancellation()
            let index = tree.size / UInt64(TilePath.fullWidth)
            let width = TilePath.width(kind: .entries, index: index, size: checkpoint.size)
            var bundle: [UInt8] = []
            for entry in try store.everyEntry(tree.size..<tree.size + UInt64(width)) {
                try entry.check(by: &hasher)
                EntryBundle.append(entry.bytes, to: &bundle)
                try tree.append(entry.leafHash, hasher: &hasher) { try checkFile($0.path, equals: $0.bytes) }
            }
            try checkFile(TilePath(kind: .entries, index: index, width: width), equals: bundle)
        }
        for tile in tree.partialTiles { try checkFile(tile.path, equals: tile.bytes) }
        guard tree.root(hasher: &hasher) == checkpoint.root else {
            throw LogError.inconsistent("the entries do not hash to the published checkpoint's root")
        }
        let newest = try store.newestHeadIndex()
        if let newest, newest >= (try store.count()) {
            throw LogError.inconsistent("entry \(newest) was acknowledged, but the registry ends before it")
        }
        if let (index, statement) = try store.newestHeads(before: checkpoint.size) {
            try requireList(of: index, statement)
            try checkList(of: index, statement)
        }
        return tree
    }

    /// Refuses a published file that differs from the entries.
    func checkFile(_ path: TilePath, equals bytes: [UInt8]) throws {
        let found = try published(path)
        guard found != bytes else { return }
        guard found.count >= bytes.count || !bytes.starts(with: found) else {
            throw LogError.unreadable("\(path.path) of the published log is cut short")
        }
        throw LogError.inconsistent("\(path.path) on disk differs from the entries")
    }

    /// A file that must be there; a partial one may be full by now, as another daemon publishes.
    private func published(_ path: TilePath) throws -> [UInt8] {
        guard let bytes = try tiles.published(path) else { throw LogError.missing(path.path) }
        return bytes
    }
}
