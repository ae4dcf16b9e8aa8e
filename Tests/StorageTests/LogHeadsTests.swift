import Foundation
import Signing
import Storage
import TestSupport
import Testing
import TraceLog

@Suite("A published heads list")
struct LogHeadsTests {
    @Test("lets an auditor prove any object's history without the whole log, at whatever size it was published")
    func provesObjects() async throws {
        let scratch = try ScratchFolder()
        try RegistryDatabase.create(at: scratch("registry.sqlite"), trusting: [])
        let store = TraceLogStore(
            registry: try RegistryDatabase(path: scratch("registry.sqlite"), cipher: ScratchRegistry.cipher()),
            fields: try ScratchRegistry.fields(), headsInterval: 90)
        let key = try SigningKey(seed: [UInt8](repeating: 1, count: 32), algorithm: .ed25519)
        let directory = LogDirectory(path: scratch("log"))
        let publisher = try LogPublisher(
            store: store, tiles: directory, register: directory, origin: "log.example", key: key)
        _ = try await publisher.recover()
        var options = AuditOptions()
        options.key = try NoteKey(name: "log.example", kind: .ed25519, key: key.verificationKey)
        let source = LogFolderSource(folder: scratch("log"))
        var count = 0
        for size in [80, 95, 200, 1000, 1001] {
            while count < size {
                let event = TraceEvent(timeMilliseconds: Int64(count), step: .inspecting)
                let object = try #require(ObjectID([UInt8](repeating: UInt8(count * 7 % 23), count: 8)))
                _ = try await store.append(
                    EventRequest(object: object, event: .observed(event), actor: ""), at: 1_700_000_000_000)
                count += 1
            }
            _ = try await publisher.publish()
            let note = try SignedNote(bytes: try #require(try directory.read("checkpoint")))
            options.anchors = [try Checkpoint(text: note.text)]
            #expect(try await Auditor(source: source, options: options).audit().report.verdict == .intact)
            options.auditedEntryCount = options.anchors[0].size
            for number in [UInt8(0), 22, 23] {
                let object = try #require(ObjectID([UInt8](repeating: number, count: 8)))
                let report = try await ObjectAudit(object: object, source: source, options: options).audit().report
                #expect(report.audit.verdict == .intact)
                #expect(report.events.map(\.link.index) == (try store.history(object)).map(\.index))
                guard size > 90 else { continue }
                guard case .heads = report.completeness else {
                    Issue.record("object \(number) at \(size): \(report.completeness)")
                    continue
                }
            }
        }
        #expect(try FileManager.default.contentsOfDirectory(atPath: scratch("log/heads")).count == 1)
    }

    @Test("of many objects is made behind the appends: its place is kept, and nothing after it is published before it")
    func reserved() async throws {
        let scratch = try ScratchFolder()
        try RegistryDatabase.create(at: scratch("registry.sqlite"), trusting: [])
        let registry = try RegistryDatabase(path: scratch("registry.sqlite"), cipher: ScratchRegistry.cipher())
        let store = TraceLogStore(
            registry: registry, fields: try ScratchRegistry.fields(),
            headsInterval: 3000, headsAtOnceCountMax: 100)
        let key = try SigningKey(seed: [UInt8](repeating: 1, count: 32), algorithm: .ed25519)
        let directory = LogDirectory(path: scratch("log"))
        let publisher = try LogPublisher(
            store: store, tiles: directory, register: directory, origin: "log.example", key: key)
        _ = try await publisher.recover()
        /// Objects 0 to 1,999 twice, then again with new ones among them.
        try await registry.write { database in
            for number in 0..<4500 {
                let object = number < 4000 ? number % 2000 : number * 3
                try Self.append(object, number, to: store, database)
            }
        }
        #expect(try store.entry(3000) == nil && store.entry(3001) != nil)
        _ = try await publisher.publish()
        let heads = try Entry.decode(try #require(try store.entry(3000)).bytes[...])
        guard case .heads(let statement) = heads.event else {
            Issue.record("entry 3000 states no heads")
            return
        }
        #expect(statement.entryCount == 3000 && statement.objectCount == 2000)
        // The log's own chain goes on before anybody has published: the statement is made there and then.
        try await store.stateHeads(at: 1_700_000_000_000)
        let reserved = try store.count() - 1
        #expect(try store.entry(reserved) == nil)
        let change = KeyStatusChange(actor: "SH", status: .active, key: key.verificationKey)
        let answer = try await store.append(
            EventRequest(object: .log, event: .keyStatus(change), actor: ""), at: 1_700_000_000_000)
        #expect(answer.index == reserved + 1 && answer.sequence == 2)
        #expect(try store.entry(reserved) != nil)
        #expect(try await publisher.publish() == reserved + 2)
        var options = AuditOptions()
        options.key = try NoteKey(name: "log.example", kind: .ed25519, key: key.verificationKey)
        options.anchors = [try Checkpoint(note: #require(try directory.read("checkpoint")))]
        let source = LogFolderSource(folder: scratch("log"))
        let report = try await Auditor(source: source, options: options).audit().report
        #expect(report.verdict == .intact && report.eventCount == 4500, "\(report.findings)")
        let again = try LogPublisher(
            store: store, tiles: directory, register: directory, origin: "log.example", key: key)
        #expect(try await again.recover(thoroughly: true).lines.isEmpty)
    }

    private static func append(
        _ object: Int, _ time: Int, to store: TraceLogStore, _ database: any LogTransaction
    ) throws {
        let bytes = (0..<8).map { UInt8(truncatingIfNeeded: (object &* 0x9E37_79B9) >> (8 * $0)) }
        let event = TraceEvent(timeMilliseconds: Int64(time), step: .inspecting)
        let request = EventRequest(object: try #require(ObjectID(bytes)), event: .observed(event), actor: "")
        _ = try store.append(request, at: 1_700_000_000_000, in: database)
    }
}
