import Foundation
import GRDB
import Signing
import Storage
import TestSupport
import Testing
import TraceLog

@Suite("An erasure")
struct LogErasureTests {
    private let scratch: ScratchFolder

    init() throws {
        scratch = try ScratchFolder()
        try RegistryDatabase.create(at: scratch("registry.sqlite"), trusting: [])
    }

    private func store(_ name: String = "registry.sqlite", faults: @escaping FaultInjection = { _ in }) throws
        -> (TraceLogStore, RegistryDatabase)
    {
        let registry = try RegistryDatabase(path: scratch(name), cipher: ScratchRegistry.cipher())
        return (TraceLogStore(registry: registry, fields: try ScratchRegistry.fields(), faults: faults), registry)
    }

    private static func request(_ number: Int, openingSizes: [Int] = [20]) throws -> EventRequest {
        let object = try #require(ObjectID([1, 0, 0, 0, 0, 0] + [UInt8(number >> 8), UInt8(number & 0xFF)]))
        let event = TraceEvent(timeMilliseconds: 1_000, step: .inspecting)
        var request = EventRequest(object: object, event: .observed(event), actor: "")
        request.personal = try openingSizes.enumerated().map { place, size in
            try Opening.make(name: "field\(place)", value: String(repeating: "x", count: size), random: SystemRandom())
        }
        return request
    }

    /// The sealed openings of an entry, as they lie in the rows.
    private static func sealed(_ registry: RegistryDatabase) throws -> Set<Data> {
        Set(try registry.read { try Data.fetchAll($0.sqlite, sql: "SELECT sealed FROM log_openings WHERE is_kept") })
    }

    private func files(_ name: String) throws -> Data {
        try ["", "-wal"].filter { ProjectFiles.exists(scratch(name + $0)) }.reduce(into: Data()) {
            $0 += Data(try ProjectFiles.bytes(scratch(name + $1)))
        }
    }

    @Test("leaves nothing of what it erased in any page, among many appends and erasures")
    func many() async throws {
        let (store, registry) = try store()
        var random = SeededGenerator(seed: 7)
        var kept: [(object: ObjectID, index: UInt64)] = []
        var everything: Set<Data> = []
        for round in 0..<8 {
            let requests = try (round * 60..<(round + 1) * 60).map { number in
                try Self.request(
                    number,
                    openingSizes: (0...Int.random(in: 0...2, using: &random)).map { _ in
                        [20, 120, 700, 3000].randomElement(using: &random) ?? 20
                    })
            }
            kept += try await registry.write { database in
                try requests.map { ($0.object, try store.append($0, at: 1, in: database).answer.index) }
            }
            everything.formUnion(try Self.sealed(registry))
            kept.shuffle(using: &random)
            let erased = kept.suffix(45)
            kept.removeLast(45)
            try await registry.write { database in
                for (object, index) in erased {
                    let erasure = TraceErasure(object: object, index: index, reason: "asked", actor: "")
                    _ = try store.erase(erasure, at: 2, in: database)
                }
            }
            try store.purge()
        }
        let left = try Self.sealed(registry)
        let files = try files("registry.sqlite")
        #expect(left.count < everything.count / 2 && left.isSubset(of: everything))
        let found = everything.subtracting(left).filter { bytes in
            files.range(of: bytes.prefix(24)) != nil || files.range(of: bytes.suffix(24)) != nil
        }
        #expect(found.isEmpty, "\(found.count) of \(everything.count - left.count) erased openings are still there")
        #expect(left.allSatisfy { files.range(of: $0.prefix(16)) != nil })
    }

    @Test(
        "cut off by a crash is finished at the next start, or was never answered and is not there",
        arguments: [FaultPoint.openingErased, .erasureCommitted])
    func cutOff(_ point: FaultPoint) async throws {
        // What a kill leaves is what the files hold at that moment.
        let folder = scratch.path
        let (store, registry) = try store { reached in
            guard reached == point else { return }
            for suffix in ["", "-wal"] {
                try? FileManager.default.copyItem(
                    atPath: "\(folder)/registry.sqlite\(suffix)", toPath: "\(folder)/killed.sqlite\(suffix)")
            }
        }
        let request = try Self.request(1)
        let index = try await store.append(request, at: 1).index
        let sealed = try #require(try Self.sealed(registry).first)
        _ = try await store.erase(request.object, index: index, reason: "asked", actor: "", at: 2)
        #expect(try files("killed.sqlite").range(of: sealed) != nil)
        let (restarted, reopened) = try self.store("killed.sqlite")
        let isErased = point == .erasureCommitted
        #expect(try Self.sealed(reopened).isEmpty == isErased)
        #expect(try restarted.history(request.object).count == (isErased ? 2 : 1))
        #expect((try files("killed.sqlite").range(of: sealed) == nil) == isErased)
    }
}
