import Glibc
import Signing
import TestSupport
import Testing

@testable import Verification

@Suite("A replay store")
struct ReplayStoreTests {
    private static let now: UInt64 = 1_790_000_000

    private func keys(_ count: Int) throws -> [ReplayKey] {
        let bytes = try SystemRandom().bytes(8 * count)
        return (0..<count).map { ReplayKey(cti: Array(bytes[($0 * 8)..<($0 * 8 + 8)]), number: Self.now) }
    }

    @Test("knows every showing it was told, and takes no other for one: it is exact")
    func exactness() throws {
        let folder = try ScratchFolder()
        let store = try ReplayStore(path: folder("replay"))
        let keys = try keys(2000)
        for key in keys { #expect(try store.insert(key, scene: "bus", at: Self.now)) }
        let again = try ReplayStore(path: folder("replay"))
        for key in keys {
            #expect(try !again.insert(key, scene: "bus", at: Self.now))
            let next = ReplayKey(cti: key.cti, number: key.number + 1)
            var cti = key.cti
            cti[7] ^= 1
            #expect(try again.insert(next, scene: "bus", at: Self.now))
            #expect(try again.insert(ReplayKey(cti: cti, number: key.number), scene: "bus", at: Self.now))
        }
        #expect(try again.insert(keys[0], scene: "metro-gate", at: Self.now))
    }

    @Test("never outgrows 128 MiB, and takes of the disk what its showings need")
    func size() throws {
        let folder = try ScratchFolder()
        let store = try ReplayStore(path: folder("replay"))
        for key in try keys(500) { #expect(try store.insert(key, scene: "bus", at: Self.now)) }
        var status = stat()
        #expect(unsafe stat(folder("replay"), &status) == 0)
        let longest = 4096 + 2 * ReplayStore.slotCount * ReplayEntry.byteCount
        #expect(longest == (128 << 20) + 4096 && status.st_size <= longest)
        // One page a showing at the worst, since they lie apart.
        #expect(status.st_blocks * 512 <= 502 * 4096 + (64 << 10))
    }

    @Test("remembers for a whole window, forgets within two, and a clock set back forgets nothing")
    func window() throws {
        let folder = try ScratchFolder()
        let store = try ReplayStore(path: folder("replay"))
        let key = try keys(1)[0]
        #expect(try store.insert(key, scene: "bus", at: Self.now))
        #expect(try !store.insert(key, scene: "bus", at: Self.now + ReplayStore.windowSeconds))
        #expect(try !store.insert(key, scene: "bus", at: Self.now - 10_000))
        #expect(try store.insert(key, scene: "bus", at: Self.now + 2 * ReplayStore.windowSeconds))
    }

    @Test("tells another all it knows, through bytes that say the same, and takes no others")
    func snapshots() throws {
        let folder = try ScratchFolder()
        let (one, two) = try (ReplayStore(path: folder("one")), ReplayStore(path: folder("two")))
        let keys = try keys(300)
        for (index, key) in keys.enumerated() {
            let scene = index % 2 == 0 ? "bus" : "metro-gate"
            #expect(try one.insert(key, scene: scene, at: Self.now + (index < 100 ? 0 : ReplayStore.windowSeconds)))
        }
        #expect(try two.insert(keys[0], scene: "park", at: Self.now))
        let bytes = try one.snapshot().encoded()
        #expect(try two.merge(ReplaySnapshot(bytes)) == 300)
        #expect(try two.merge(ReplaySnapshot(bytes)) == 0)
        for (index, key) in keys.enumerated() {
            let scene = index % 2 == 0 ? "bus" : "metro-gate"
            #expect(try !two.insert(key, scene: scene, at: Self.now + ReplayStore.windowSeconds))
        }
        for count in [0, 1, bytes.count / 2, bytes.count - 1] {
            #expect(throws: BundleError.self) { try ReplaySnapshot(Array(bytes.prefix(count))) }
        }
    }
}
