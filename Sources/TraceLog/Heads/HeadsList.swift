import Encoding

/// The list that a heads entry states the root of, published beside the log so that one object can be looked up in it.
///
/// The list behind the heads entry at index N is a tree of its own in tlog-tiles layout below `heads/N/`: bundles of
/// encoded ``ObjectHead``s in order of their identifiers, and tiles of their hashes. The heads entry vouches for it;
/// a log need not keep it for any but the newest heads entry that its checkpoint covers.
package enum HeadsList {
    /// The folder of all lists.
    package static let topFolder = "heads"

    /// The folder of the list behind the heads entry at `index`, with its last slash.
    package static func folder(of index: UInt64) -> String { "\(topFolder)/\(index)/" }

    /// Reads a path below a list's folder; nil unless it is one that ``write(index:sortedHeads:to:)`` may hand out.
    package static func parse(path: String) -> (folder: String, tile: TilePath)? {
        let parts = path.split(separator: "/", maxSplits: 2, omittingEmptySubsequences: false)
        guard parts.count == 3, parts[0] == topFolder, let index = UInt64(parts[1]), String(index) == parts[1],
            let tile = TilePath(path: String(parts[2]))
        else { return nil }
        return (folder(of: index), tile)
    }

    /// Hands out every file of a list, bundles and lower tiles first.
    ///
    /// - Parameters:
    ///   - index: the index of the heads entry.
    ///   - sortedHeads: all objects' heads before it, sorted by object id.
    ///   - write: takes a file's path within the log, and its bytes.
    /// - Throws: what `write` throws.
    package static func write<E: Error>(
        index: UInt64, sortedHeads: some Sequence<ObjectHead>, to write: (String, [UInt8]) throws(E) -> Void
    ) throws(E) {
        let folder = folder(of: index)
        var hasher = MerkleHasher()
        var tiles = TileAccumulator()
        var bundle: [UInt8] = []
        var count = 0
        for head in sortedHeads {
            let bytes = head.encoded
            EntryBundle.append(bytes, to: &bundle)
            count += 1
            try tiles.append(hasher.leaf(bytes), hasher: &hasher) { tile throws(E) in
                try write(folder + tile.path.path, tile.bytes)
            }
            if count % TilePath.fullWidth == 0 {
                let path = TilePath(kind: .entries, index: UInt64(count / TilePath.fullWidth - 1))
                try write(folder + path.path, bundle)
                bundle.removeAll(keepingCapacity: true)
            }
        }
        if count % TilePath.fullWidth != 0 {
            let path = TilePath(
                kind: .entries, index: UInt64(count / TilePath.fullWidth), width: count % TilePath.fullWidth)
            try write(folder + path.path, bundle)
        }
        for tile in tiles.partialTiles { try write(folder + tile.path.path, tile.bytes) }
    }
}

/// A tree that lies in a folder of another log.
struct SubtreeSource<Source: AuditSource>: AuditSource {
    let folder: String
    let source: Source

    func read(_ path: String, byteCountMax: Int) throws(AuditSourceError) -> [UInt8]? {
        try source.read(folder + path, byteCountMax: byteCountMax)
    }
}
