package import TraceLog

extension LogPublisher {
    /// Makes the files of a published checkpoint again from the entries, and puts the checkpoint in its place.
    ///
    /// Files that are there already stay.
    ///
    /// - Parameters:
    ///   - note: the published checkpoint.
    ///   - checkpoint: its statement, which the entries were checked against.
    /// - Throws: `log_forked` when the entries have another root; `log_inconsistent` for a file with other bytes;
    ///   `log_unwritable`.
    package func restore(_ note: [UInt8], _ checkpoint: Checkpoint) throws {
        _ = tiles.discardUnfinished()
        var tree = TileAccumulator()
        var hasher = MerkleHasher()
        while tree.size < checkpoint.size {
            let index = tree.size / UInt64(TilePath.fullWidth)
            let width = TilePath.width(kind: .entries, index: index, size: checkpoint.size)
            var bundle: [UInt8] = []
            for entry in try store.everyEntry(tree.size..<tree.size + UInt64(width)) {
                try entry.check(by: &hasher)
                EntryBundle.append(entry.bytes, to: &bundle)
                try tree.append(entry.leafHash, hasher: &hasher) { try place($0.bytes, at: $0.path) }
            }
            try place(bundle, at: TilePath(kind: .entries, index: index, width: width))
        }
        for tile in tree.partialTiles { try place(tile.bytes, at: tile.path) }
        guard tree.root(hasher: &hasher) == checkpoint.root else {
            throw LogError(
                code: .logForked, reason: "the log's entries differ from the published checkpoint",
                hint: "use this installation's own log; if it is, keep both and ask how they came apart")
        }
        if let (index, _) = try store.newestHeads(before: checkpoint.size) {
            _ = try writeHeads(before: index)
            try removeHeads(before: index)
        }
        let head = try register.head()
        if let head, let own = try? Checkpoint(note: head), own.size >= checkpoint.size { return }
        guard case .replaced = try register.replace(expecting: head, with: note, announce: {}) else {
            throw LogError.inconsistent("another program changed the published checkpoint")
        }
    }

    private func place(_ bytes: [UInt8], at path: TilePath) throws {
        guard try tiles.read(path.path) != bytes else { return }
        try tiles.writeOnce(bytes, at: path.path)
        try tiles.sync([path.path])
    }
}
