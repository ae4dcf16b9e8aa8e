import Encoding

/// The list of all objects' newest entries, published beside the log so that one object can be looked up in it.
///
/// The list behind the heads entry at index N is a tree of its own in tlog-tiles layout below `heads/N/`: bundles of
/// encoded ``ObjectHead``s in order of their identifiers, and tiles of their hashes. The heads entry states its
/// root; a log only needs to keep the list of the newest heads entry that its checkpoint covers.
package enum HeadsList {
    /// The folder of all lists.
    package static let topFolder = "heads"

    /// The folder of the list behind the heads entry at `index`, with its last slash.
    package static func folder(of index: UInt64) -> String { "\(topFolder)/\(index)/" }

    /// Reads a path below a list's folder; nil unless a list can have such a file.
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
        var list = HeadsListWriter()
        for head in sortedHeads {
            try list.append(head) { path, bytes throws(E) in try write(folder + path, bytes) }
        }
        _ = try list.finish(entryCount: index) { path, bytes throws(E) in try write(folder + path, bytes) }
    }
}

/// Writes a list head by head, and holds only one unfinished bundle and one unfinished tile for each level.
package struct HeadsListWriter: ~Copyable {
    private var hasher = MerkleHasher()
    private var tiles = TileAccumulator()
    private var bundle: [UInt8] = []

    package init() {}

    /// Takes the next head in the order of object ids.
    ///
    /// - Parameters:
    ///   - head: the head.
    ///   - write: takes a file's path within the list's folder, and its bytes.
    /// - Throws: what `write` throws.
    package mutating func append<E: Error>(
        _ head: ObjectHead, to write: (String, [UInt8]) throws(E) -> Void
    ) throws(E) {
        let bytes = head.encoded
        EntryBundle.append(bytes, to: &bundle)
        try tiles.append(hasher.leaf(bytes), hasher: &hasher) { tile throws(E) in
            try write(tile.path.path, tile.bytes)
        }
        if tiles.size % UInt64(TilePath.fullWidth) == 0 { try endBundle(to: write) }
    }

    /// Hands out what is not full; gives what a heads entry at `entryCount` states of the list.
    package mutating func finish<E: Error>(
        entryCount: UInt64, to write: (String, [UInt8]) throws(E) -> Void
    ) throws(E) -> HeadsStatement {
        if !bundle.isEmpty { try endBundle(to: write) }
        for tile in tiles.partialTiles { try write(tile.path.path, tile.bytes) }
        return HeadsStatement(
            entryCount: entryCount, objectCount: tiles.size, root: tiles.root(hasher: &hasher))
    }

    private mutating func endBundle<E: Error>(to write: (String, [UInt8]) throws(E) -> Void) throws(E) {
        let index = (tiles.size - 1) / UInt64(TilePath.fullWidth)
        let path = TilePath(
            kind: .entries, index: index, width: TilePath.width(kind: .entries, index: index, size: tiles.size))
        try write(path.path, bundle)
        bundle.removeAll(keepingCapacity: true)
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
