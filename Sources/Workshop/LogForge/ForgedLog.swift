package import Signing
package import TraceLog

/// A whole log in memory, made from its entries alone: for tests, benchmarks and the tamper tool.
package struct ForgedLog: AuditSource {
    package static let origin = "log.example/forged"

    package let entries: [[UInt8]]
    /// Every file of the tlog-tiles layout, by path.
    package var files: [String: [UInt8]]

    /// Derives bundles, tiles and a checkpoint signed by `key`.
    package init(entries: [[UInt8]], key: SigningKey, origin: String = origin) throws(TraceLogError) {
        self.entries = entries
        files = [:]
        var hasher = MerkleHasher()
        var tiles = TileAccumulator()
        var full: [Tile] = []
        for start in stride(from: 0, to: entries.count, by: TilePath.fullWidth) {
            let part = entries[start..<min(start + TilePath.fullWidth, entries.count)]
            var bundle: [UInt8] = []
            for entry in part {
                EntryBundle.append(entry, to: &bundle)
                tiles.append(hasher.leaf(entry), hasher: &hasher) { full.append($0) }
            }
            let path = TilePath(kind: .entries, index: UInt64(start / TilePath.fullWidth), width: part.count)
            files[path.path] = bundle
        }
        for tile in full + tiles.partialTiles { files[tile.path.path] = tile.bytes }
        try publishHeads()
        let checkpoint = Checkpoint(
            origin: origin, size: UInt64(entries.count), root: tiles.root(hasher: &hasher))
        var note = SignedNote(text: checkpoint.text)
        try note.sign(name: origin, key: key)
        files["checkpoint"] = note.bytes
    }

    /// Adds the list of the newest heads entry, computed from the entries before it.
    private mutating func publishHeads() throws(TraceLogError) {
        var heads: [ObjectID: ObjectHead] = [:]
        var newest: (index: UInt64, heads: [ObjectID: ObjectHead])?
        var hasher = MerkleHasher()
        for (position, bytes) in entries.enumerated() {
            guard let entry = try? Entry.decode(bytes[...]) else { continue }
            let index = UInt64(position)
            if case .heads = entry.event, entry.object == .log { newest = (index, heads) }
            heads[entry.object] = ObjectHead(
                object: entry.object, sequence: entry.sequence,
                link: EntryLink(leafHash: hasher.leaf(bytes), index: index))
        }
        guard let newest else { return }
        HeadsList.write(index: newest.index, sortedHeads: newest.heads.values.sorted { $0.object < $1.object }) {
            files[$0] = $1
        }
    }

    package func read(_ path: String, byteCountMax: Int) throws(AuditSourceError) -> [UInt8]? {
        files[path]
    }

    /// The log's checkpoint; its signatures are not checked.
    package func checkpoint() throws(TraceLogError) -> Checkpoint {
        try Checkpoint(note: files["checkpoint"] ?? [])
    }
}
