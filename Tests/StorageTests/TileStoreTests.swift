import Foundation
import TestSupport
import Testing
import TraceLog

@testable import Storage

@Suite("A store of published files")
struct TileStoreTests {
    private struct Refusal: Error {}

    @Test(
        "gives what was written, and tells a file that was never made from one that cannot be read",
        arguments: PublicationBackend.available)
    func reading(backend: PublicationBackend) throws {
        let opened = try backend.open()
        let tiles = opened.tiles
        #expect(try tiles.read("tile/0/000") == nil && !tiles.exists("tile/0/000") && tiles.list("tile").isEmpty)
        try tiles.writeOnce([1, 2], at: "tile/0/000")
        try tiles.writeOnce([3], at: "tile/0/001.p/5")
        try tiles.sync(["tile/0/000", "tile/0/001.p/5"])
        #expect(try tiles.read("tile/0/000") == [1, 2] && tiles.exists("tile/0/000"))
        #expect(try tiles.read("tile/0/001.p/5") == [3])
        #expect(try tiles.list("tile") == ["0"] && Set(tiles.list("tile/0")) == ["000", "001.p"])
        #expect(try tiles.read("tile/0/002") == nil && !tiles.exists("tile/0/002"))
        try opened.makeUnreadable("tile/0/000")
        let unreadable = #expect(throws: LogError.self) { try tiles.read("tile/0/000") }
        #expect(unreadable?.code == .logUnreadable && unreadable?.hint.isEmpty == false)
        #expect(throws: LogError.self) { try tiles.exists("tile/0/000") }
        let missing = TilePath(kind: .hashes(level: 0), index: 2)
        let error = #expect(throws: LogError.self) { _ = try tiles.read(missing) }
        #expect(error?.code == .logUnreadable)
    }

    @Test(
        "writes a file once: the same bytes again are no error, and other bytes are refused",
        arguments: PublicationBackend.available)
    func once(backend: PublicationBackend) throws {
        let opened = try backend.open()
        let path = "tile/entries/000.p/7"
        try writeCertainly([1, 2], at: path, in: opened.tiles)
        try writeCertainly([1, 2], at: path, in: opened.tiles)
        for other in [[1], [1, 2, 3], [2, 2]] as [[UInt8]] {
            let error = #expect(throws: LogError.self) { try writeCertainly(other, at: path, in: opened.tiles) }
            #expect(error?.code == .logInconsistent && error?.hint.isEmpty == false)
            #expect(try opened.tiles.read(path) == [1, 2])
        }
        #expect(try opened.tiles.list("tile/entries/000.p") == ["7"])
        try opened.makeUnreadable(path)
        let error = #expect(throws: LogError.self) {
            try writeCertainly([1, 2], at: path, in: opened.tiles)
        }
        #expect(error?.code == .logUnreadable)
    }

    @Test("replaces a file that may change while it has the expected bytes", arguments: PublicationBackend.available)
    func replaced(backend: PublicationBackend) throws {
        let tiles = try backend.open().tiles
        #expect(try !tiles.replace([1], at: "issued/index", expecting: [0]))
        #expect(try tiles.read("issued/index") == nil)
        #expect(try tiles.replace([1], at: "issued/index", expecting: nil))
        for expected in [nil, [2]] as [[UInt8]?] {
            #expect(try !tiles.replace([3], at: "issued/index", expecting: expected))
        }
        #expect(try tiles.read("issued/index") == [1])
        #expect(try tiles.replace([2], at: "issued/index", expecting: [1]))
        #expect(try tiles.read("issued/index") == [2])
    }

    @Test(
        "writes a folder as a whole, in place of an earlier one, and not at all after an error",
        arguments: PublicationBackend.available)
    func folders(backend: PublicationBackend) throws {
        let tiles = try backend.open().tiles
        let count = try tiles.writeFolder("heads/9") { write in
            for number in 0..<3 { try write("tile/0/00\(number)", [UInt8(number)]) }
            return 3
        }
        #expect(count == 3)
        #expect(try tiles.read("heads/9/tile/0/002") == [2])
        try tiles.writeFolder("heads/9") { write in try write("tile/0/000", [7]) }
        #expect(try tiles.read("heads/9/tile/0/000") == [7] && tiles.list("heads/9/tile/0") == ["000"])
        #expect(throws: Refusal.self) {
            try tiles.writeFolder("heads/12") { write in
                try write("tile/0/000", [8])
                throw Refusal()
            }
        }
        if backend != .bucket {
            #expect(try tiles.list("heads/12").isEmpty && tiles.read("heads/12/tile/0/000") == nil)
        }
        // An interrupted attempt does not leak into the next one.
        try tiles.writeFolder("heads/12") { write in try write("tile/0/001", [9]) }
        #expect(try tiles.list("heads/12/tile/0") == ["001"])
        tiles.remove("heads/9")
        tiles.remove("heads/never")
        #expect(try tiles.list("heads") == ["12"] && tiles.read("heads/9/tile/0/000") == nil)
    }

    @Test("in a folder discards the remains of a crash, and removes a folder behind an earlier unfinished removal")
    func remains() throws {
        let scratch = try ScratchFolder()
        let directory = LogDirectory(path: scratch("log"))
        try directory.writeOnce([1], at: "tile/0/000.p/1")
        for path in ["tile/0/000.p.tmp/9", "tile/0/001.tmp"] {
            let folder = (scratch("log/" + path) as NSString).deletingLastPathComponent
            try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
            try scratch.write([9], to: "log/" + path)
        }
        directory.remove("tile/0/000.p")
        #expect(try directory.list("tile/0") == ["001.tmp"])
        #expect(directory.discardUnfinished() == ["tile/0/001.tmp"])
        #expect(try directory.list("tile/0").isEmpty)
    }
}
