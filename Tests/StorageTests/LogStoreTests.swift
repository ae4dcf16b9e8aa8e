import Foundation
import Signing
import Storage
import Testing
import TraceLog

@Suite("The log's store")
struct LogStoreTests {

    /// A store in a folder of its own, which goes when the test ends.
    private final class Scratch {
        let folder = NSTemporaryDirectory() + "log-store-" + UUID().uuidString
        let store: TraceLogStore
        let publisher: LogPublisher
        let directory: LogDirectory

        init(headsInterval: UInt64 = 300) throws {
            try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
            let path = folder + "/registry.sqlite"
            try RegistryDatabase.create(at: path, trusting: [])
            store = TraceLogStore(
                registry: try RegistryDatabase(path: path, cipher: ScratchRegistry.cipher()),
                fields: try ScratchRegistry.fields(),
                headsInterval: headsInterval)
            directory = LogDirectory(path: folder + "/log")
            publisher = try Self.publisher(store, directory)
            try LogPublisher.publishEmptyLog(in: directory, origin: "log.example", key: Self.key())
        }

        static func publisher(_ store: TraceLogStore, _ directory: LogDirectory) throws -> LogPublisher {
            try LogPublisher(store: store, tiles: directory, register: directory, origin: "log.example", key: key())
        }

        private static func key() throws -> SigningKey {
            try SigningKey(seed: [UInt8](repeating: 1, count: 32), algorithm: .ed25519)
        }

        deinit { try? FileManager.default.removeItem(atPath: folder) }
    }

    private static func request(_ number: UInt8, _ step: BusinessStep = .inspecting) throws -> EventRequest {
        let object = try #require(ObjectID([UInt8](repeating: number, count: 8)))
        let event = TraceEvent(timeMilliseconds: 1_000, step: step)
        return EventRequest(object: object, event: .observed(event), actor: "")
    }

    @Test("chains each object, never lets recorded time fall, and answers a repeated request alike")
    func appending() async throws {
        let scratch = try Scratch()
        var request = try Self.request(1)
        request.idempotency = .init(key: "once", requestDigest: [1])
        let first = try await scratch.store.append(request, at: 50)
        #expect(try await scratch.store.append(request, at: 60) == first)
        let second = try await scratch.store.append(try Self.request(1), at: 40)
        #expect(first.sequence == 0 && second.sequence == 1 && second.index == 1)
        let history = try scratch.store.history(request.object)
        let newest = try Entry.decode(try #require(history.last).bytes[...])
        #expect(newest.recordedAtMilliseconds == 50)
        #expect(newest.previous == EntryLink(leafHash: first.leafHash, index: 0))
        request.idempotency?.requestDigest = [2]
        await #expect(throws: LogError.self) { try await scratch.store.append(request, at: 70) }
        var late = try Self.request(1)
        late.expected = .init(sequence: 1, previousLeafHash: first.leafHash)
        await #expect(throws: LogError.self) { try await scratch.store.append(late, at: 70) }
        late.expected = .init(sequence: 2, previousLeafHash: second.leafHash)
        #expect(try await scratch.store.append(late, at: 70).sequence == 2)
    }

    @Test("takes no time of an event or of its sensors that ISO 8601 cannot write")
    func times() async throws {
        let scratch = try Scratch()
        let object = try Self.request(1).object
        for time in [Int64.min, -62_167_132_800_001, 253_402_214_400_000, .max] {
            let plain = TraceEvent(timeMilliseconds: time, step: .inspecting)
            var sensed = TraceEvent(timeMilliseconds: 0, step: .inspecting)
            sensed.sensorElements = [
                SensorElement(
                    timeMilliseconds: time, device: nil, reports: [.init(type: "Mass", value: "1", unit: nil)])
            ]
            for event in [plain, sensed] {
                let request = EventRequest(object: object, event: .observed(event), actor: "")
                let error = await #expect(throws: TraceLogError.self) { try await scratch.store.append(request, at: 1) }
                #expect(error?.code == .valueOutOfRange && error?.hint.isEmpty == false)
            }
        }
        #expect(try scratch.store.count() == 0)
        for time in [Int64(-62_167_132_800_000), 253_402_214_399_999] {
            let event = TraceEvent(timeMilliseconds: time, step: .inspecting)
            _ = try await scratch.store.append(
                EventRequest(object: object, event: .observed(event), actor: ""), at: 1)
        }
    }

    @Test("takes a key's end, and never its return, another actor's word on it or one in an object's chain")
    func keyStatus() async throws {
        let scratch = try Scratch()
        let key = try SigningKey.generate(.ed25519).verificationKey
        func append(
            _ status: KeyStatusChange.Status, by actor: String = "SH", to object: ObjectID = .log
        ) async throws {
            let change = KeyStatusChange(actor: actor, status: status, key: key)
            _ = try await scratch.store.append(
                EventRequest(object: object, event: .keyStatus(change), actor: ""), at: 1)
        }
        for status in [KeyStatusChange.Status.active, .retired, .revoked, .revoked] { try await append(status) }
        try await scratch.store.stateHeads(at: 1)
        let count = try scratch.store.count()
        let object = try Self.request(1).object
        for (status, actor, chain) in [
            (KeyStatusChange.Status.active, "SH", ObjectID.log), (.retired, "SH", .log), (.revoked, "BJ", .log),
            (.revoked, "SH", object),
        ] {
            let error = await #expect(throws: LogError.self) { try await append(status, by: actor, to: chain) }
            #expect(error?.code == .keyStatusRefused && error?.hint.isEmpty == false)
        }
        #expect(try scratch.store.count() == count)
    }

    @Test("publishes checkpoints that its tiles prove and that later ones extend")
    func publishing() async throws {
        let scratch = try Scratch()
        var roots: [(UInt64, MerkleHash)] = []
        for round in 0..<4 {
            for number in 0..<200 {
                _ = try await scratch.store.append(
                    try Self.request(UInt8(number % 7)), at: UInt64(round * 1000 + number))
            }
            _ = try await scratch.publisher.publish()
            let note = try SignedNote(bytes: try #require(try scratch.directory.read("checkpoint")))
            let checkpoint = try Checkpoint(text: note.text)
            roots.append((checkpoint.size, checkpoint.root))
        }
        let directory = scratch.directory
        let last = try #require(roots.last)
        // Two statements of heads stand among the 800 events.
        #expect(last.0 == 802)
        var source = TileNodeSource(size: last.0) { path throws(TraceLogError) in
            guard let bytes = (try? directory.read(path.path)).flatMap({ $0 }) else {
                throw TraceLogError(code: .malformedTile, reason: "\(path.path) is missing", hint: "publish it")
            }
            return bytes
        }
        for (size, root) in roots {
            let proof = try ConsistencyProof(oldSize: size, newSize: last.0, from: &source)
            #expect(proof.isValid(oldRoot: root, newRoot: last.1))
        }
        for index in [UInt64(0), 255, 256, 300, 801] {
            let stored = try #require(try scratch.store.entry(index))
            let proof = try InclusionProof(leafIndex: index, treeSize: last.0, from: &source)
            #expect(proof.isValid(leaf: stored.leafHash, root: last.1))
        }
        let heads = try Entry.decode(try #require(try scratch.store.entry(300)).bytes[...])
        guard case .heads(let statement) = heads.event else {
            Issue.record("entry 300 states no heads")
            return
        }
        #expect(statement.entryCount == 300 && statement.objectCount == 7)
    }

    @Test("finishes and discards what a crash left, and refuses a registry that lost published entries")
    func recovering() async throws {
        let scratch = try Scratch()
        for number in 0..<10 { _ = try await scratch.store.append(try Self.request(UInt8(number)), at: 1) }
        _ = try await scratch.publisher.publish()
        _ = try await scratch.store.append(try Self.request(1), at: 2)
        let stray = scratch.folder + "/log/tile/0/000.p/9.tmp"
        #expect(FileManager.default.createFile(atPath: stray, contents: nil))
        let again = try Scratch.publisher(scratch.store, scratch.directory)
        // No crash left this one.
        _ = try await scratch.store.append(try Self.request(2), at: 3)
        let recovery = try await again.recover()
        #expect(recovery.discarded == ["tile/0/000.p/9.tmp"] && recovery.finishedEntryCount == 1)
        let other = try Scratch()
        let mixed = try Scratch.publisher(other.store, scratch.directory)
        await #expect(throws: LogError.self) { try await mixed.recover() }
    }

    @Test("begins a log that was never published, and never begins one anew whose checkpoint is missing")
    func beginning() async throws {
        let scratch = try Scratch()
        let checkpoint = scratch.folder + "/log/checkpoint"
        try FileManager.default.removeItem(atPath: checkpoint)
        // The registry never held that file, so that this log is new.
        _ = try await scratch.publisher.recover()
        #expect(try Checkpoint(note: #require(try scratch.directory.read("checkpoint"))).size == 0)
        try FileManager.default.removeItem(atPath: checkpoint)
        let again = try Scratch.publisher(scratch.store, scratch.directory)
        for attempt in 1...2 {
            let error = await #expect(throws: LogError.self, "\(attempt)") { try await again.publish() }
            #expect(error?.code == .logUnreadable && error?.hint.isEmpty == false)
            #expect(try scratch.directory.read("checkpoint") == nil)
        }
        // A publisher that has begun finds out as well.
        _ = try await scratch.store.append(try Self.request(1), at: 1)
        let late = await #expect(throws: LogError.self) { try await scratch.publisher.publish() }
        #expect(late?.code == .logUnreadable)
    }

    @Test("leaves nothing of an erased personal field in any file, and says that it erased")
    func erasing() async throws {
        let scratch = try Scratch()
        var request = try Self.request(1)
        let opening = try Opening(salt: [UInt8](repeating: 0x77, count: 16), name: "inspector", value: "someone")
        request.personal = [opening]
        let answer = try await scratch.store.append(request, at: 1)
        #expect(try scratch.store.openings(from: 0, count: 10).openings.map(\.opening) == [opening])
        _ = try await scratch.store.erase(request.object, index: answer.index, reason: "asked", actor: "", at: 2)
        #expect(try scratch.store.openings(from: 0, count: 10).openings.isEmpty)
        let newest = try #require(try scratch.store.history(request.object).last)
        let erasure = Erasure(index: 0, commitments: [opening.commitment], reason: "asked")
        #expect(try Entry.decode(newest.bytes[...]).event == .erased(erasure))
        await #expect(throws: LogError.self) {
            try await scratch.store.erase(request.object, index: 0, reason: "again", actor: "", at: 3)
        }
        _ = try await scratch.publisher.publish()
        for case let name as String in FileManager.default.enumerator(atPath: scratch.folder) ?? .init() {
            let bytes = FileManager.default.contents(atPath: scratch.folder + "/" + name) ?? Data()
            #expect(bytes.range(of: Data("someone".utf8)) == nil, "\(name)")
            #expect(bytes.range(of: Data(opening.salt)) == nil, "\(name)")
        }
    }
}
