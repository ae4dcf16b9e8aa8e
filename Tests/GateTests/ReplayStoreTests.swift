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
            let next = ReplayKey(cti: key.cti, number: key.number + 1, time: key.number + 1)
            var cti = key.cti
            cti[7] ^= 1
            #expect(try again.insert(next, scene: "bus", at: Self.now))
            #expect(try again.insert(ReplayKey(cti: cti, number: key.number), scene: "bus", at: Self.now))
        }
        #expect(try again.insert(keys[0], scene: "metro-gate", at: Self.now))
    }

    @Test("takes a later time for all earlier ones of the credential in that scene, and in one scan the latest")
    func earlierTimes() throws {
        let folder = try ScratchFolder()
        let store = try ReplayStore(path: folder("replay"))
        let cti = try keys(1)[0].cti
        func key(_ time: UInt64) -> ReplayKey { ReplayKey(cti: cti, number: time, time: time) }
        #expect(try store.insert([key(Self.now), key(Self.now + 1)], scene: "bus", at: Self.now) == [key(Self.now)])
        #expect(try store.insert(key(Self.now), scene: "bus", at: Self.now))
        for time in Self.now - 120...Self.now { #expect(try !store.insert(key(time), scene: "bus", at: Self.now)) }
        #expect(try store.insert(key(Self.now - 1), scene: "park", at: Self.now))
        // The latest time that any gate takes, and the earliest beside it.
        #expect(try store.insert(key(Self.now + 136), scene: "bus", at: Self.now))
        #expect(try !store.insert(key(Self.now - 120), scene: "bus", at: Self.now))
        #expect(try !store.insert(key(Self.now + 135), scene: "bus", at: Self.now))
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
        #expect(try store.insert(ReplayKey(cti: one, number: Self.now), scene: "bus", at: Self.now))
        #expect(try insert(one, 11, in: store) && !insert(one, 10, in: store))
        let neighbour = try ReplayStore(path: folder("neighbour"))
        #expect(try insert(one, 8, in: neighbour))
        #expect(
            try neighbour.merge(ReplaySnapshot(store.snapshot(at: Self.now).encoded()), scenes: ["park"], at: Self.now)
                == 4)
        #expect(try !insert(one, 9, in: neighbour) && !insert(one, 11, in: neighbour))
        #expect(try insert(one, 12, in: neighbour))
        #expect(try store.merge(neighbour.snapshot(at: Self.now), at: Self.now) == 1)
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
        #expect(try ReplayStore(path: folder("replay")).snapshot(at: Self.now).entries.count == 1)
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

    @Test("never outgrows 64 MiB, and takes of the disk what its showings need")
    func size() throws {
        let folder = try ScratchFolder()
        let store = try ReplayStore(path: folder("replay"))
        for key in try keys(500) { #expect(try store.insert(key, scene: "bus", at: Self.now)) }
        var status = stat()
        #expect(unsafe stat(folder("replay"), &status) == 0)
        #expect(status.st_size == (64 << 20) + 2 * 4096)
        // One page a showing at the worst, since they lie apart.
        #expect(status.st_blocks * 512 <= 502 * 4096 + (64 << 10))
    }

    @Test("forgets nothing that fits, however the clock jumps, and keeps nothing ahead in a fresh showing's place")
    func jumps() throws {
        let folder = try ScratchFolder()
        let store = try ReplayStore(path: folder("replay"))
        let times = [0, 86_400, -86_400, 256, 512, 1 << 20, -1 << 20, 0].map { UInt64(Int64(Self.now) + $0) }
        let keys = try keys(times.count)
        for (key, time) in zip(keys, times) {
            let key = ReplayKey(cti: key.cti, number: time, time: time)
            #expect(try store.insert(key, scene: "bus", at: time))
        }
        for (key, time) in zip(keys, times) {
            let key = ReplayKey(cti: key.cti, number: time, time: time)
            for now in [time, Self.now] { #expect(try !store.insert(key, scene: "bus", at: now)) }
        }
        // A showing far ahead does not block its credential until its time comes.
        #expect(
            try store.insert(ReplayKey(cti: keys[1].cti, number: Self.now, time: Self.now), scene: "bus", at: Self.now))
    }

    @Test("gives a full page's oldest entry away, then the one furthest ahead, and otherwise refuses to answer")
    func fullPage() throws {
        let now = ReplayEntry.generation(at: Self.now)
        func entry(_ cti: Int, _ generation: UInt64) -> ReplayEntry {
            ReplayEntry(cti: UInt64(cti), number: 1, scene: 0, isChain: false, generation: generation)
        }
        var bucket = ReplayBucket(emptyWithNumber: 0)
        func add(_ new: ReplayEntry, at now: UInt64?) -> Bool { bucket.add(new, at: now) }
        for cti in 0..<ReplayBucket.slotCount - 4 { #expect(add(entry(cti, now - 1), at: now)) }
        let others = [now - 2, now - 9, now + 2, now + 99].enumerated().map { entry(1000 + $0, $1) }
        for other in others { #expect(add(other, at: now)) }
        #expect(!add(entry(2000, now), at: nil), "a given time forgets nothing")
        for (index, gone) in [others[1], others[0], others[3], others[2]].enumerated() {
            #expect(add(entry(2000 + index, now), at: now))
            #expect(!bucket.entries.contains(gone) && bucket.entries.count == ReplayBucket.slotCount)
        }
        #expect(!add(entry(3000, now), at: now))
        #expect(ReplayBucket(bucket.encoded(), number: 0)?.entries == bucket.entries)
        #expect(ReplayBucket(bucket.encoded(), number: 1) == nil)
    }

    @Test("is not taken when it is gone, cut short, exchanged or altered, for a gate that used it before")
    func damaged() throws {
        let folder = try ScratchFolder()
        let path = folder("replay")
        let (identifier, key) = (try ReplayStore(path: path).identifier, try keys(1)[0])
        #expect(try ReplayStore(path: path, expecting: identifier).insert(key, scene: "bus", at: Self.now))
        let entry = ReplayEntry(key: key, scene: 0, at: Self.now)
        let page = 4096 + entry.bucket * ReplayBucket.byteCount
        let damages: [(String, (String) -> Void)] = [
            ("gone", { unsafe unlink($0) }),
            ("emptied", { unsafe truncate($0, 0) }),
            ("header only", { unsafe truncate($0, 4096) }),
            ("one byte short", { unsafe truncate($0, (64 << 20) + 4096) }),
            (
                "cut and made longer",
                {
                    unsafe truncate($0, 4096); unsafe truncate($0, (64 << 20) + 8192)
                }
            ),
            (
                "exchanged",
                {
                    unsafe unlink($0); _ = try? ReplayStore(path: $0)
                }
            ),
            ("header altered", { alter($0, at: 1025) }),
            ("identifier altered", { alter($0, at: 8) }),
            ("entry altered", { alter($0, at: page + 3) }),
            ("page number altered", { alter($0, at: page + 4088) }),
        ]
        for (name, damage) in damages {
            try #require(unsafe system("cp --sparse=always \(path) \(folder(name.filter(\.isLetter)))") == 0)
            let copy = folder(name.filter(\.isLetter))
            damage(copy)
            #expect(throws: BundleError.self, "\(name)") {
                let store = try ReplayStore(path: copy, expecting: identifier)
                // Pages are checked when they are used.
                _ = try store.insert(key, scene: "bus", at: Self.now)
            }
        }
        func alter(_ path: String, at offset: Int) {
            let file = unsafe open(path, O_RDWR)
            var byte: UInt8 = 0
            unsafe pread(file, &byte, 1, offset)
            byte ^= 1
            unsafe pwrite(file, &byte, 1, offset)
            close(file)
        }
    }

    @Test("of the former format is taken over with what it still knew, by the showings' own times")
    func formerFormat() throws {
        let folder = try ScratchFolder()
        let keys = try keys(3)
        let newest = ReplayEntry.generation(at: Self.now)
        var file = FormerReplayStore.magic + LittleEndian.bytes(newest + 100) + [UInt8](repeating: 0, count: 4080)
        file.replaceSubrange(1024..<1027, with: Array("bus".utf8))
        // The clock was 100 generations ahead; the showings' own times are right. The third one is long forgotten.
        let generations = [newest + 100, newest + 99, newest - 1]
        for (key, generation) in zip(keys, generations) {
            file +=
                ReplayEntry(
                    cti: LittleEndian.number(key.cti[...]), number: UInt32(key.number), scene: 0, isChain: false,
                    generation: generation
                ).bytes
        }
        try folder.write(file, to: "replay", mode: 0o600)
        let store = try ReplayStore(path: folder("replay"))
        let found = try store.snapshot(at: Self.now).entries
        #expect(Set(found.map(\.cti)) == Set(keys[..<2].map { LittleEndian.number($0.cti[...]) }))
        for key in keys[..<2] { #expect(try !store.insert(key, scene: "bus", at: Self.now)) }
        #expect(try ReplayStore(path: folder("replay"), expecting: store.identifier).identifier == store.identifier)
        try folder.write(file, to: "replay", mode: 0o600)
        #expect(throws: BundleError.self) { try ReplayStore(path: folder("replay"), expecting: store.identifier) }
    }
}
