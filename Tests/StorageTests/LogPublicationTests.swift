import Foundation
import Signing
import Synchronization
import TestSupport
import Testing
import TraceLog

@testable import Storage

@Suite("A publisher")
struct LogPublicationTests {
    /// A log in memory that is published to any store.
    private struct Log {
        let store: TraceLogStore
        let key: SigningKey

        init() throws {
            store = TraceLogStore(registry: MemoryStore(), fields: try ScratchRegistry.fields(), headsInterval: 90)
            key = try SigningKey(seed: [UInt8](repeating: 1, count: 32), algorithm: .ed25519)
        }

        func publisher(
            _ tiles: any TileStore, _ register: any CheckpointRegister,
            announce: @escaping @Sendable (Checkpoint) throws -> Void = { _ in }
        ) throws -> LogPublisher {
            if try register.head() == nil {
                try LogPublisher.publishEmptyLog(in: register, origin: "log.example", key: key)
            }
            return try LogPublisher(
                store: store, tiles: tiles, register: register, origin: "log.example", key: key, announce: announce)
        }

        /// Appends until the log has a number of entries.
        func grow(to size: UInt64) async throws {
            while try store.count() < size {
                let count = try store.count()
                let object = try #require(ObjectID([UInt8](repeating: UInt8(count * 7 % 23), count: 8)))
                let event = TraceEvent(timeMilliseconds: Int64(count), step: .inspecting)
                _ = try await store.append(
                    EventRequest(object: object, event: .observed(event), actor: ""), at: 1_700_000_000_000)
            }
        }
    }

    @Test(
        "writes the same files and checkpoint to every store, and an auditor finds them intact",
        arguments: PublicationBackend.available.filter { $0 != .directory })
    func everyStore(backend: PublicationBackend) async throws {
        let log = try Log()
        let opened = try backend.open()
        let scratch = try ScratchFolder()
        let directory = LogDirectory(path: scratch("directory"))
        let (tiles, register) = (opened.tiles, opened.register)
        let publishers = [try log.publisher(directory, directory), try log.publisher(tiles, register)]
        for size in [80, 95, 256, 300, 700] as [UInt64] {
            try await log.grow(to: size)
            for publisher in publishers { _ = try await publisher.publish() }
            #expect(try directory.head() == register.head())
        }
        let paths = try allPaths(in: tiles, below: "tile") + allPaths(in: tiles, below: "heads")
        for path in paths { #expect(try directory.read(path) == tiles.read(path), "\(path)") }
        // A folder cannot be read as a file.
        let stored = try FileManager.default.subpathsOfDirectory(atPath: directory.path).filter { path in
            (try? directory.exists(path)) == true
        }
        #expect(Set(stored) == Set(paths).union([PublishedCheckpoint.name]) && paths.count > 5)
        var options = AuditOptions()
        options.key = try NoteKey(name: "log.example", kind: .ed25519, key: log.key.verificationKey)
        options.anchors = [try Checkpoint(note: #require(try register.head()))]
        let report = try await Auditor(source: LogFolderSource(folder: directory.path), options: options).audit().report
        #expect(report.verdict == .intact, "\(report.findings)")
        for again in [try log.publisher(directory, directory), try log.publisher(tiles, register)] {
            #expect(try await again.recover(thoroughly: true).lines.isEmpty)
        }
    }

    /// The paths of all files below a folder.
    private func allPaths(in tiles: any TileStore, below folder: String) throws -> [String] {
        let names = try tiles.list(folder)
        return try names.isEmpty ? [folder] : names.flatMap { try allPaths(in: tiles, below: "\(folder)/\($0)") }
    }

    @Test("stops at an interloper's checkpoint before it announces its own", arguments: PublicationBackend.available)
    func interloper(backend: PublicationBackend) async throws {
        let log = try Log()
        let opened = try backend.open()
        let announced = Mutex<[UInt64]>([])
        let publisher = try log.publisher(opened.tiles, opened.register) { checkpoint in
            announced.withLock { $0.append(checkpoint.size) }
        }
        try await log.grow(to: 10)
        _ = try await publisher.publish()
        let head = try #require(try opened.register.head())
        var note = SignedNote(text: Checkpoint(origin: "log.example", size: 0, root: .emptyRoot).text)
        try note.sign(name: "log.example", key: log.key)
        #expect(try opened.register.replace(expecting: head, with: note.bytes) {} == .replaced)
        try await log.grow(to: 20)
        for _ in 1...2 {
            let error = await #expect(throws: LogError.self) { try await publisher.publish() }
            #expect(error?.code == .logInconsistent)
        }
        #expect(announced.withLock { $0 } == [10])
        #expect(try opened.register.head() == note.bytes)
    }

    @Test("publishes nothing that was not announced", arguments: PublicationBackend.available)
    func unannounced(backend: PublicationBackend) async throws {
        struct Refusal: Error {}
        let log = try Log()
        let opened = try backend.open()
        let isRefusing = Mutex(true)
        let publisher = try log.publisher(opened.tiles, opened.register) { _ in
            if isRefusing.withLock({ $0 }) { throw Refusal() }
        }
        try await log.grow(to: 10)
        await #expect(throws: Refusal.self) { try await publisher.publish() }
        #expect(try Checkpoint(note: #require(try opened.register.head())).size == 0)
        isRefusing.withLock { $0 = false }
        #expect(try await publisher.publish() == 10)
    }

    @Test("stops where a file beyond the checkpoint has other bytes", arguments: PublicationBackend.available)
    func occupied(backend: PublicationBackend) async throws {
        let log = try Log()
        let opened = try backend.open()
        try await log.grow(to: 3)
        let publisher = try log.publisher(opened.tiles, opened.register)
        _ = try await publisher.publish()
        let head = try opened.register.head()
        try writeCertainly([1], at: "tile/entries/000.p/5", in: opened.tiles)
        try await log.grow(to: 5)
        let error = await #expect(throws: LogError.self) { try await publisher.publish() }
        #expect(error?.code == .logInconsistent && error?.reason.contains("tile/entries/000.p/5") == true)
        #expect(try opened.register.head() == head)
        // Once it is removed, the log goes on.
        opened.tiles.remove("tile/entries/000.p")
        #expect(try await publisher.publish() == 5)
    }

    @Test("writes a tile that did not grow only once")
    func unchanged() async throws {
        let log = try Log()
        let tiles = MemoryTiles()
        let publisher = try log.publisher(tiles, MemoryRegister())
        for size in 300...310 as ClosedRange<UInt64> {
            try await log.grow(to: size)
            _ = try await publisher.publish()
        }
        #expect(tiles.writeCounts["tile/1/000.p/1"] == 1)
        #expect(tiles.writeCounts.values.allSatisfy { $0 == 1 }, "\(tiles.writeCounts)")
    }
}
