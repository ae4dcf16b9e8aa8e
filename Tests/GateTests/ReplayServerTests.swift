import Dispatch
import Glibc
import Signing
import Synchronization
import TestSupport
import Testing

@testable import Gate

@Suite("A gate that tells its station what it has seen")
struct ReplayServerTests {
    private static let now: UInt64 = 1_790_000_000
    /// More than a socket takes before its peer reads.
    private static let entryCount = 32_000

    /// A server on a thread of its own; ended by ``end()``.
    private final class Station: Sendable {
        let path: String
        private let isEnding = Mutex(false)
        private let thread = DispatchGroup()

        init(_ folder: ScratchFolder, peerMilliseconds: Int) throws {
            path = folder("gate.sock")
            let store = try ReplayStore(path: folder("store"))
            let key = ReplayKey(cti: [UInt8](repeating: 1, count: 8), number: 0)
            _ = try store.insert(key, scene: "bus", at: ReplayServerTests.now)
            try Self.fill(store)
            DispatchQueue.global().async(group: thread) {
                guard
                    var server = try? ReplayServer(
                        store, at: self.path, peerMilliseconds: peerMilliseconds, now: { ReplayServerTests.now })
                else { return }
                while !self.isEnding.withLock({ $0 }) { try? server.step() }
            }
            try RunningProgram.waitForSocket(path)
        }

        func end() {
            isEnding.withLock { $0 = true }
            if let last = RunningProgram.connection(to: path) { close(last) }
            thread.wait()
        }

        /// Adds entries, few enough to be taken from another gate.
        private static func fill(_ store: ReplayStore) throws {
            let generation = ReplayEntry.generation(at: now)
            let entries = (0..<entryCount - 1).map { number in
                ReplayEntry(
                    cti: UInt64(number) &* 0x9E37_79B9_7F4A_7C15, number: 1, scene: 0, isChain: true,
                    generation: generation)
            }
            let snapshot = ReplaySnapshot(generation: generation, scenes: ["bus"], entries: entries)
            try #require(store.merge(snapshot, at: now) == entries.count)
        }
    }

    @Test("answers at once however many others are connected and never read")
    func hangingPeers() throws {
        let folder = try ScratchFolder()
        let station = try Station(folder, peerMilliseconds: 600_000)
        defer { station.end() }
        let hanging = (0..<2 * ReplayServer.peerCountMax).compactMap { _ in RunningProgram.connection(to: station.path)
        }
        defer { for peer in hanging { close(peer) } }
        #expect(hanging.count == 2 * ReplayServer.peerCountMax)
        for _ in 0..<2 { #expect(try ReplayExchange.fetch(station.path).entries.count == Self.entryCount) }
        // The newest of them have their turn still, and are told all once they read.
        #expect(Self.received(hanging[hanging.count - 1]) == Self.received(hanging[hanging.count - 2]))
        #expect(Self.received(hanging[hanging.count - 3]) > Self.entryCount * ReplayEntry.byteCount)
    }

    @Test("leaves one that never reads after its time, and cuts what it was told")
    func deadline() throws {
        let folder = try ScratchFolder()
        let station = try Station(folder, peerMilliseconds: 50)
        defer { station.end() }
        let peer = try #require(RunningProgram.connection(to: station.path))
        defer { close(peer) }
        var entry = pollfd(fd: peer, events: 0, revents: 0)
        #expect(unsafe poll(&entry, 1, -1) == 1 && Int32(entry.revents) & POLLHUP != 0)
        #expect(Self.received(peer) < Self.entryCount * ReplayEntry.byteCount)
    }

    @Test("takes no path that something is at, and none that is too long")
    func paths() throws {
        let folder = try ScratchFolder()
        let store = try ReplayStore(path: folder("store"))
        try folder.write([1], to: "taken")
        for path in [folder("taken"), "/tmp/" + String(repeating: "a", count: 108), ""] {
            #expect(throws: BundleError.self) {
                _ = try ReplayServer(store, at: path, peerMilliseconds: 1000, now: { 0 })
            }
        }
        #expect(try ProjectFiles.bytes(folder("taken")) == [1])
    }

    /// How many bytes come until the end.
    private static func received(_ descriptor: Int32) -> Int {
        var bytes = [UInt8](repeating: 0, count: 1 << 16)
        var total = 0
        while true {
            let count = unsafe recv(descriptor, &bytes, bytes.count, 0)
            if count <= 0 { return total }
            total += count
        }
    }
}
