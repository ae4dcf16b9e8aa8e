import Testing

@testable import TraceLog

@Suite("A tile")
struct TileTests {
    @Test(
        "has the path that C2SP gives it",
        arguments: [
            ("tile/0/x001/x234/067", 1_234_067, 256), ("tile/0/000", 0, 256), ("tile/0/x001/000.p/5", 1000, 5),
            ("tile/entries/x001/234.p/112", 1234, 112), ("tile/7/999", 999, 256),
        ])
    func paths(path: String, index: UInt64, width: Int) throws {
        let tile = try #require(TilePath(path: path))
        #expect(tile.index == index && tile.width == width && tile.path == path)
    }

    @Test(
        "is not found under another path",
        arguments: [
            "tile/0/1", "tile/0/0000", "tile/8/000", "tile/-1/000", "tile/0/x000/000", "tile/0/000.p/256",
            "tile/0/000.p/0", "tile/0/000.p/05", "tile/0/+01", "tile/entries", "tiles/0/000", "tile/0/001/000",
            "tile/0/000.p", "tile/00/000",
        ])
    func refused(path: String) {
        #expect(TilePath(path: path) == nil)
    }

    @Test("is refused with a byte too many or too few")
    func exactWidth() throws {
        let path = TilePath(kind: .hashes(level: 0), index: 0, width: 3)
        #expect(try Tile(path: path, bytes: [UInt8](repeating: 1, count: 96)).hashes.count == 3)
        for count in [0, 95, 97, 64, 128] {
            #expect(throws: TraceLogError.self) { try Tile(path: path, bytes: [UInt8](repeating: 1, count: count)) }
        }
    }

    @Test("of entries is refused unless it holds exactly its width")
    func bundles() throws {
        var bytes: [UInt8] = []
        EntryBundle.append([1, 2, 3], to: &bytes)
        EntryBundle.append([], to: &bytes)
        let bundle = try EntryBundle(bytes: bytes, width: 2)
        #expect(bundle.entry(0) == [1, 2, 3] && bundle.entry(1).isEmpty)
        for (changed, width) in [(bytes, 1), (bytes, 3), (bytes + [0], 2), (Array(bytes.dropLast()), 2)] {
            #expect(throws: TraceLogError.self) { try EntryBundle(bytes: changed, width: width) }
        }
    }
}
