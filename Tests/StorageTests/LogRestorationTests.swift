import Foundation
import Signing
import TestSupport
import Testing
import TraceLog

@testable import Storage

@Suite("A log that is put back")
struct LogRestorationTests {
    private static let origin = "log.example"
    /// More than one bundle beyond the copy, which ends inside a bundle.
    private static let (copied, size): (UInt64, UInt64) = (300, 900)

    private let scratch: ScratchFolder
    private let key: SigningKey
    /// The true log.
    private let source: TraceLogStore
    private let published: LogDirectory
    private let note: [UInt8]
    private let checkpoint: Checkpoint
    /// The entry of before the copy whose opening was erased after it.
    private let erased: UInt64
    private let lost: UInt64

    init() async throws {
        scratch = try ScratchFolder()
        key = try SigningKey(seed: [UInt8](repeating: 1, count: 32), algorithm: .ed25519)
        source = try Self.store(at: scratch("source.sqlite"), isNew: true)
        published = LogDirectory(path: scratch("published"))
        let publisher = try Self.publisher(source, published, key)
        _ = try await publisher.recover()
        erased = try await Self.append(to: source, 1, personal: "张三").index
        _ = try await Self.append(to: source, 2, personal: "李四")
        while try source.count() < Self.copied { _ = try await Self.append(to: source, try source.count()) }
        // The copy has a reserved heads entry wherever the interval ended just before it.
        try scratch.write([], to: "copy.sqlite", mode: 0o600)
        let copy = try RegistryCopy.make(of: scratch("source.sqlite"), to: scratch("copy.sqlite"))
        #expect(copy.entryCounts[.trace] == (try source.count()))
        lost = try await Self.append(to: source, 3, personal: "王五").index
        let object = try Self.object(1)
        _ = try await source.erase(object, index: erased, reason: "asked for", actor: "", at: 1_700_000_000_000)
        while try source.count() < Self.size { _ = try await Self.append(to: source, try source.count()) }
        _ = try await publisher.publish()
        note = try #require(try published.head())
        checkpoint = try Checkpoint(note: note)
    }

    private static func store(at path: String, isNew: Bool = false) throws -> TraceLogStore {
        if isNew { try RegistryDatabase.create(at: path, trusting: []) }
        // Heads of more than four objects are made while appends go on, so that entries are reserved.
        return TraceLogStore(
            registry: try RegistryDatabase(path: path, cipher: ScratchRegistry.cipher()),
            fields: try ScratchRegistry.fields(), headsInterval: 100, headsAtOnceCountMax: 4)
    }

    private static func publisher(
        _ store: TraceLogStore, _ directory: LogDirectory, _ key: SigningKey
    ) throws -> LogPublisher {
        if try directory.head() == nil, try store.count() == 0 {
            try LogPublisher.publishEmptyLog(in: directory, origin: origin, key: key)
        }
        return try LogPublisher(store: store, tiles: directory, register: directory, origin: origin, key: key)
    }

    private static func object(_ number: UInt64) throws -> ObjectID {
        try #require(ObjectID([UInt8](repeating: UInt8(number % 20 + 1), count: 8)))
    }

    private static func append(
        to store: TraceLogStore, _ number: UInt64, personal: String? = nil
    ) async throws -> AppendAnswer {
        let event = TraceEvent(timeMilliseconds: Int64(number), step: .inspecting)
        var request = EventRequest(object: try object(number), event: .observed(event), actor: "")
        if let personal {
            request.personal = [try Opening.make(name: "inspector", value: personal, random: SystemRandom())]
        }
        return try await store.append(request, at: 1_700_000_000_000)
    }

    /// A restored copy of the registry, which changes nothing of the copy.
    private func restored(_ name: String = "restored") throws -> TraceLogStore {
        try FileManager.default.copyItem(atPath: scratch("copy.sqlite"), toPath: scratch("\(name).sqlite"))
        return try Self.store(at: scratch("\(name).sqlite"))
    }

    @Test("has every published entry, what they erased is erased, and what they lost is told")
    func whole() async throws {
        let store = try restored()
        #expect(try store.openings(from: 0, count: 9).openings.map(\.opening.value).sorted() == ["张三", "李四"].sorted())
        let start = try store.count()
        let outcome = try await LogRestoration(store, from: published, to: checkpoint).run()
        #expect(outcome.entryCount >= checkpoint.size - start && outcome.erasedCount == 1)
        #expect(outcome.missingBundles.isEmpty)
        #expect(try store.count() == checkpoint.size)
        #expect(try store.entries(0..<checkpoint.size) == source.entries(0..<checkpoint.size))
        for number in 0..<20 as Range<UInt64> {
            let object = try Self.object(number)
            let heads = try [store, source].map { try $0.read { try $0.head(of: object) } }
            #expect(heads[0] == heads[1])
        }
        #expect(try store.openings(from: 0, count: 9).openings.map(\.opening.value) == ["李四"])
        let survey = try LogSurvey(of: store)
        #expect(survey.lostOpenings.map(\.index) == [lost] && survey.lostOpenings.first?.count == 1)
        // The log's files are made again, and the log goes on from there.
        let directory = LogDirectory(path: scratch("again"))
        let publisher = try Self.publisher(store, directory, key)
        try await publisher.restore(note, checkpoint)
        #expect(try directory.head() == note)
        let next = try Self.publisher(store, directory, key)
        _ = try await next.recover(thoroughly: true)
        _ = try await Self.append(to: store, 5)
        #expect(try await next.publish() > checkpoint.size)
        // A second run has nothing to do.
        #expect(try await LogRestoration(store, from: published, to: checkpoint).run() == LogRestoration.Outcome())
    }

    @Test("keeps nothing of bundles that are missing, changed, cut or another log's")
    func refused() async throws {
        let bundles = (0...(checkpoint.size - 1) / 256).map { index in
            TilePath(
                kind: .entries, index: index,
                width: TilePath.width(kind: .entries, index: index, size: checkpoint.size)
            ).path
        }
        let store = try restored()
        let count = try store.count()
        for name in bundles.dropFirst(Int(count / 256)) {
            let bytes = try #require(try published.read(name))
            let path = "\(published.path)/\(name)"
            try FileManager.default.removeItem(atPath: path)
            let outcome = try await LogRestoration(store, from: published, to: checkpoint).run()
            #expect(outcome.missingBundles == [name] && outcome.entryCount == 0)
            var altered = bytes
            for place in [0, 1, 2, bytes.count / 2, bytes.count - 1] {
                altered[place] ^= 1
                try Data(altered).write(to: URL(fileURLWithPath: path))
                let refusal = await #expect(throws: LogError.self, "\(name) \(place)") {
                    try await LogRestoration(store, from: published, to: checkpoint).run()
                }
                #expect(refusal?.code == .publishedLogDiffers || refusal?.code == .logForked)
                altered[place] ^= 1
            }
            try Data(bytes.dropLast()).write(to: URL(fileURLWithPath: path))
            await #expect(throws: LogError.self) {
                try await LogRestoration(store, from: published, to: checkpoint).run()
            }
            try Data(bytes).write(to: URL(fileURLWithPath: path))
        }
        #expect(try store.count() == count)
        // A history of its own.
        _ = try await Self.append(to: store, 19)
        let refusal = await #expect(throws: LogError.self) {
            try await LogRestoration(store, from: published, to: checkpoint).run()
        }
        #expect(refusal?.code == .logForked || refusal?.code == .publishedLogDiffers)
    }

    @Test("is finished by another run where one was cut off after any bundle")
    func cutOff() async throws {
        for readCountMax in 0..<8 {
            let store = try restored("cut-\(readCountMax)")
            let tiles = FailingTiles(tiles: published, readCountMax: readCountMax)
            _ = try? await LogRestoration(store, from: tiles, to: checkpoint).run()
            let kept = try store.count()
            _ = try await LogRestoration(store, from: published, to: checkpoint).run()
            #expect(try store.entries(0..<checkpoint.size) == source.entries(0..<checkpoint.size), "\(kept)")
            #expect(try store.openings(from: 0, count: 9).openings.map(\.opening.value) == ["李四"])
            #expect(try LogSurvey(of: store).lostOpenings.map(\.index) == [lost])
        }
    }

    /// Published files whose disk fails after some reads.
    private final class FailingTiles: TileStore, @unchecked Sendable {
        let tiles: LogDirectory
        private var left: Int

        init(tiles: LogDirectory, readCountMax: Int) { (self.tiles, left) = (tiles, readCountMax) }

        func read(_ path: String) throws(LogError) -> [UInt8]? {
            guard left > 0 else { throw LogError.unreadable("the disk failed") }
            left -= 1
            return try tiles.read(path)
        }

        func exists(_ path: String) throws(LogError) -> Bool { try tiles.exists(path) }
        func writeOnce(_ bytes: [UInt8], at path: String) throws(LogError) { try tiles.writeOnce(bytes, at: path) }
        func replace(_ bytes: [UInt8], at path: String) throws(LogError) { try tiles.replace(bytes, at: path) }
        func sync(_ paths: [String]) throws(LogError) { try tiles.sync(paths) }
        func writeFolder<Value>(
            _ folder: String, _ fill: (_ write: (String, [UInt8]) throws(LogError) -> Void) throws -> Value
        ) throws -> Value { try tiles.writeFolder(folder, fill) }
        func list(_ folder: String) throws(LogError) -> [String] { try tiles.list(folder) }
        func remove(_ folder: String) { tiles.remove(folder) }
        func discardUnfinished() -> [String] { tiles.discardUnfinished() }
    }
}
