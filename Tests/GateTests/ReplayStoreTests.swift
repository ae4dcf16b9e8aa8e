import Glibc
import Signing
import TestSupport
import Testing

@testable import Gate

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

    @Test("takes a chain's later slot for all the earlier ones, of that credential in that scene, from others too")
    func chains() throws {
        let folder = try ScratchFolder()
        let store = try ReplayStore(path: folder("replay"))
        let (one, other) = (try keys(1)[0].cti, try keys(1)[0].cti)
        func insert(_ cti: [UInt8], _ slot: UInt64, scene: String = "bus", in store: ReplayStore) throws -> Bool {
            try store.insert(ReplayKey(cti: cti, number: slot, isChain: true), scene: scene, at: Self.now)
        }
        #expect(try insert(one, 10, in: store))
        for slot in [10, 9, 5, 0] as [UInt64] { #expect(try !insert(one, slot, in: store)) }
        #expect(try insert(one, 9, scene: "park", in: store) && insert(other, 9, in: store))
        #expect(try store.insert(ReplayKey(cti: one, number: 9), scene: "bus", at: Self.now))
        #expect(try insert(one, 11, in: store) && !insert(one, 10, in: store))
        let neighbour = try ReplayStore(path: folder("neighbour"))
        #expect(try insert(one, 8, in: neighbour))
        #expect(try neighbour.merge(ReplaySnapshot(store.snapshot().encoded()), at: Self.now) == 5)
        #expect(try !insert(one, 9, in: neighbour) && !insert(one, 11, in: neighbour))
        #expect(try insert(one, 12, in: neighbour))
        #expect(try store.merge(neighbour, at: Self.now) == 1)
        #expect(try !insert(one, 12, in: store))
    }

    @Test("remembers the showings of one scan all together, or none where one was accepted before")
    func scans() throws {
        let folder = try ScratchFolder()
        let store = try ReplayStore(path: folder("replay"))
        let keys = try keys(3)
        #expect(try store.insert(keys[0], scene: "bus", at: Self.now))
        #expect(try store.insert(Set(keys), scene: "bus", at: Self.now) == [keys[0]])
        #expect(try store.insert(Set(keys[1...]), scene: "bus", at: Self.now) == [])
        #expect(try store.insert(Set(keys), scene: "bus", at: Self.now) == Set(keys))
    }

    @Test(
        "is a regular file that nobody else can write, and is never taken for one",
        arguments: [0o620, 0o602] as [mode_t])
    func ownFile(mode: mode_t) throws {
        for device in ["/dev/null", "/dev/zero", "/dev/full"] {
            #expect(throws: BundleError.self) { try ReplayStore(path: device) }
        }
        let folder = try ScratchFolder()
        let store = try ReplayStore(path: folder("replay"))
        #expect(try store.insert(try keys(1)[0], scene: "bus", at: Self.now))
        unsafe chmod(folder("replay"), mode)
        #expect(throws: BundleError.self) { try ReplayStore(path: folder("replay")) }
        unsafe chmod(folder("replay"), 0o600)
        #expect(try ReplayStore(path: folder("replay")).snapshot().entries.count == 1)
    }

    @Test("answers no more once its file was deleted or moved away, where others would start another")
    func fileGone() throws {
        let folder = try ScratchFolder()
        for take in [{ unsafe unlink(folder("replay")) }, { unsafe rename(folder("replay"), folder("old")) }] {
            let store = try ReplayStore(path: folder("replay"))
            #expect(try store.insert(try keys(1)[0], scene: "bus", at: Self.now))
            #expect(take() == 0)
            for _ in 0..<2 {
                let key = try keys(1)[0]
                let refusal = #expect(throws: BundleError.self) { try store.insert(key, scene: "bus", at: Self.now) }
                #expect(refusal?.code == .unreadable && refusal?.hint.contains("--replay-store") == true)
                _ = try ReplayStore(path: folder("replay"))
            }
        }
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
        #expect(try two.merge(ReplaySnapshot(bytes), at: Self.now + ReplayStore.windowSeconds) == 300)
        #expect(try two.merge(ReplaySnapshot(bytes), at: Self.now + ReplayStore.windowSeconds) == 0)
        for (index, key) in keys.enumerated() {
            let scene = index % 2 == 0 ? "bus" : "metro-gate"
            #expect(try !two.insert(key, scene: scene, at: Self.now + ReplayStore.windowSeconds))
        }
        for count in [0, 1, bytes.count / 2, bytes.count - 1] {
            #expect(throws: BundleError.self) { try ReplaySnapshot(Array(bytes.prefix(count))) }
        }
    }

    @Test(
        "forgets nothing of its own window for another's store, however far that one's clock is off, and learns it all",
        arguments: [-10_000, -256, 256, 512, 10_000, 1_000_000_000] as [Int64])
    func mergingFromAWrongClock(offset: Int64) throws {
        let folder = try ScratchFolder()
        let (mine, other) = try (ReplayStore(path: folder("mine")), ReplayStore(path: folder("other")))
        let keys = try keys(3)
        let otherNow = UInt64(Int64(Self.now) + offset)
        #expect(try mine.insert(keys[0], scene: "bus", at: Self.now))
        #expect(try mine.insert(keys[1], scene: "bus", at: Self.now + ReplayStore.windowSeconds))
        #expect(try other.insert(keys[2], scene: "bus", at: otherNow))
        let merged = try mine.merge(other, at: Self.now + ReplayStore.windowSeconds)
        #expect(try !mine.insert(keys[0], scene: "bus", at: Self.now + ReplayStore.windowSeconds))
        #expect(try !mine.insert(keys[1], scene: "bus", at: Self.now + 2 * ReplayStore.windowSeconds))
        // What a gate saw whose clock is behind is too old to be shown here; what lies ahead is remembered from now on.
        #expect(merged == (offset < 0 ? 0 : 1))
        guard merged == 1 else { return }
        #expect(try !mine.insert(keys[2], scene: "bus", at: Self.now + 2 * ReplayStore.windowSeconds))
    }

    @Test("learns from a snapshot of the last generation there can be")
    func mergingFromTheEndOfTime() throws {
        let folder = try ScratchFolder()
        let store = try ReplayStore(path: folder("replay"))
        let entry = ReplayEntry(key: try keys(1)[0], scene: 0)
        let bytes = ReplaySnapshot(generation: .max, scenes: ["bus"], entries: [(entry, .max)]).encoded()
        #expect(try store.merge(ReplaySnapshot(bytes), at: Self.now) == 1)
        #expect(try store.merge(ReplaySnapshot(bytes), at: Self.now) == 0)
    }

    @Test("that lay idle learns from another what is new, and forgets its own by its own clock alone")
    func mergingWhenIdle() throws {
        let folder = try ScratchFolder()
        let (idle, other) = try (ReplayStore(path: folder("idle")), ReplayStore(path: folder("other")))
        let keys = try keys(2)
        let later = Self.now + 100 * ReplayStore.windowSeconds
        #expect(try idle.insert(keys[0], scene: "bus", at: Self.now))
        #expect(try other.insert(keys[1], scene: "bus", at: later))
        #expect(try idle.merge(other, at: later) == 1)
        #expect(try !idle.insert(keys[1], scene: "bus", at: later + ReplayStore.windowSeconds))
        #expect(try idle.merge(ReplayStore(path: folder("empty")), at: later) == 0)
    }
}
