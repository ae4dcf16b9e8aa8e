/// Reads nodes of a published tree from its tiles; each tile is read once.
package struct TileNodeSource: NodeSource {
    /// Gives a stored tile's bytes.
    package typealias Read = (TilePath) throws(TraceLogError) -> [UInt8]

    // 16 MiB of tiles. The tiles of level 0, which are the most, are dropped first.
    private static let tileCountMax = 2048

    package let size: UInt64
    private let read: Read
    private var tiles: [TilePath: Tile] = [:]
    private var hasher = HasherBox()

    package init(size: UInt64, read: @escaping Read) {
        self.size = size
        self.read = read
    }

    package mutating func node(_ position: NodePosition) throws(TraceLogError) -> MerkleHash {
        let level = position.level / TilePath.height
        let heightInTile = position.level % TilePath.height
        let start = position.index << UInt64(heightInTile)
        let index = start / UInt64(TilePath.fullWidth)
        let width = TilePath.width(kind: .hashes(level: level), index: index, size: size)
        let offset = Int(start % UInt64(TilePath.fullWidth))
        let count = 1 << heightInTile
        guard offset + count <= width else { throw .outOfTree(position.index, size: size) }
        let path = TilePath(kind: .hashes(level: level), index: index, width: width)
        let tile: Tile
        if let known = tiles[path] {
            tile = known
        } else {
            tile = try Tile(path: path, bytes: read(path))
            if tiles.count >= Self.tileCountMax { tiles = tiles.filter { $0.key.kind != .hashes(level: 0) } }
            tiles[path] = tile
        }
        return tile.subtreeRoot(offset: offset, count: count, hasher: &hasher.hasher)
    }
}

/// Lets a copyable value hold a hasher, which is not.
final class HasherBox {
    var hasher = MerkleHasher()
}
