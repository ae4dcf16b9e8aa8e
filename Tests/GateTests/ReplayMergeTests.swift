import Signing
import TestSupport
import Testing

@testable import Gate

@Suite("A replay store that learns from another gate's")
struct ReplayMergeTests {
    private static let now: UInt64 = 1_790_000_000

    private func keys(_ count: Int) throws -> [ReplayKey] {
        let bytes = try SystemRandom().bytes(8 * count)
        return (0..<count).map { ReplayKey(cti: Array(bytes[($0 * 8)..<($0 * 8 + 8)]), number: Self.now) }
    }

    @Test("tells another all that can be fresh, through bytes that say the same, and takes no others")
    func snapshots() throws {
        let folder = try ScratchFolder()
        let (one, two) = try (ReplayStore(path: folder("one")), ReplayStore(path: folder("two")))
        let keys = try keys(300)
        for (index, key) in keys.enumerated() {
            let scene = index % 2 == 0 ? "bus" : "metro-gate"
            #expect(try one.insert(key, scene: scene, at: Self.now + (index < 100 ? 0 : ReplayStore.windowSeconds)))
        }
        #expect(try two.insert(keys[0], scene: "park", at: Self.now))
        let now = Self.now + ReplayStore.windowSeconds
        let bytes = try one.snapshot(at: now).encoded()
        #expect(try two.merge(ReplaySnapshot(bytes), at: now) == 0, "the store serves neither scene")
        #expect(try two.merge(ReplaySnapshot(bytes), scenes: ["bus", "metro-gate"], at: now) == 300)
        #expect(try two.merge(ReplaySnapshot(bytes), at: now) == 0)
        for (index, key) in keys.enumerated() {
            let scene = index % 2 == 0 ? "bus" : "metro-gate"
            #expect(try !two.insert(key, scene: scene, at: now))
        }
        #expect(try one.snapshot(at: now + 2 * ReplayStore.windowSeconds).entries.isEmpty)
        for count in [0, 1, bytes.count / 2, bytes.count - 1] {
            #expect(throws: BundleError.self) { try ReplaySnapshot(Array(bytes.prefix(count))) }
        }
    }

    @Test(
        "forgets nothing of its own for another's store, and takes nothing of a clock that is far off",
        arguments: [-10_000, -512, -256, 0, 256, 512, 10_000, 1_000_000_000] as [Int64])
    func mergingFromAWrongClock(offset: Int64) throws {
        let folder = try ScratchFolder()
        let (mine, other) = try (ReplayStore(path: folder("mine")), ReplayStore(path: folder("other")))
        let keys = try keys(2)
        let otherNow = UInt64(Int64(Self.now) + offset)
        #expect(try mine.insert(keys[0], scene: "bus", at: Self.now))
        #expect(try other.insert(keys[1], scene: "bus", at: otherNow))
        let merged = try mine.merge(other.snapshot(at: otherNow), at: Self.now)
        #expect(merged == (abs(offset) <= 256 ? 1 : 0))
        #expect(try !mine.insert(keys[0], scene: "bus", at: Self.now))
        if merged == 1 { #expect(try !mine.insert(keys[1], scene: "bus", at: Self.now)) }
    }

    @Test("is not closed by another's snapshot, whatever number of scenes and showings it has")
    func hostileSnapshots() throws {
        let folder = try ScratchFolder()
        let store = try ReplayStore(path: folder("replay"))
        try store.serve(scene: "bus")
        let generation = ReplayEntry.generation(at: Self.now)
        let names = (0..<ReplayStore.sceneCountMax).map { "scene-\($0)" }
        let entries = (0..<ReplayStore.sceneCountMax).map { number in
            ReplayEntry(cti: 1, number: 1, scene: UInt8(number), isChain: false, generation: generation)
        }
        let scenes = ReplaySnapshot(generation: generation, scenes: names, entries: entries)
        #expect(try store.merge(scenes, at: Self.now) == 0)
        #expect(try store.merge(scenes, scenes: ["scene-3"], at: Self.now) == 1)
        #expect(try store.insert(try keys(1)[0], scene: "metro-gate", at: Self.now))
        // The same page for all, from more credentials than it has slots.
        let page = (0..<UInt64.max).lazy.map { number in
            ReplayEntry(cti: number, number: 1, scene: 0, isChain: false, generation: generation)
        }.filter { $0.bucket == 5 }.prefix(ReplayBucket.slotCount + 1)
        let full = ReplaySnapshot(generation: generation, scenes: ["bus"], entries: Array(page.dropLast()))
        #expect(try store.merge(full, at: Self.now) == ReplayBucket.mergedCountMax)
        let last = try #require(page.last)
        let key = ReplayKey(cti: Array(last.bytes.prefix(8)), number: Self.now, time: Self.now)
        #expect(try store.insert(key, scene: "bus", at: Self.now))
    }

    @Test("answers its own holders while it learns many showings")
    func longMerge() async throws {
        let folder = try ScratchFolder()
        let store = try ReplayStore(path: folder("replay"))
        try store.serve(scene: "bus")
        let generation = ReplayEntry.generation(at: Self.now)
        // Some eight showings for each of 4,000 pages, and in one page far more than it has slots.
        var entries = (0..<UInt64(8 * ReplayStore.bucketCount)).map { number in
            ReplayEntry(
                cti: number &* 0x2545_F491_4F6C_DD1D, number: 1, scene: 0, isChain: false, generation: generation)
        }.filter { $0.bucket < 4000 }
        let page = (0..<UInt64.max).lazy.filter { number in
            ReplayEntry(cti: number, number: 1, scene: 0, isChain: false, generation: generation).bucket == 5
        }
        let crowd = page.prefix(20).flatMap { cti in
            (0..<1000 as Range<UInt32>).map { number in
                ReplayEntry(cti: cti, number: number, scene: 0, isChain: false, generation: generation)
            }
        }
        entries += crowd
        let snapshot = ReplaySnapshot(generation: generation, scenes: ["bus"], entries: entries)
        let merge = Task.detached { try store.merge(snapshot, at: Self.now) }
        let second = try ReplayStore(path: folder("replay"))
        for _ in 0..<40 {
            #expect(try second.insert(try keys(1)[0], scene: "bus", at: Self.now))
            try await Task.sleep(for: .milliseconds(5))
        }
        #expect(try await merge.value > 7 * 4000)
    }

    @Test("learns nothing from the last generation there can be")
    func mergingFromTheEndOfTime() throws {
        let folder = try ScratchFolder()
        let store = try ReplayStore(path: folder("replay"))
        let entry = ReplayEntry(key: ReplayKey(cti: try keys(1)[0].cti, number: .max), scene: 0, at: .max)
        #expect(entry.generation == ReplayEntry.generationMax)
        let bytes = ReplaySnapshot(generation: .max, scenes: ["bus"], entries: [entry]).encoded()
        #expect(try store.merge(ReplaySnapshot(bytes), scenes: ["bus"], at: Self.now) == 0)
        #expect(try ReplayStore(path: folder("replay")).snapshot(at: .max).entries.isEmpty)
    }
}
