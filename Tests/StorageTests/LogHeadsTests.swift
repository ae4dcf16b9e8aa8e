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
            registry: try RegistryDatabase(path: scratch("registry.sqlite")),
            openingKey: [UInt8](repeating: 5, count: TraceLogStore.openingKeyByteCount), headsInterval: 90)
        let key = try SigningKey(seed: [UInt8](repeating: 1, count: 32), algorithm: .ed25519)
        let directory = LogDirectory(path: scratch("log"))
        let publisher = try LogPublisher(store: store, directory: directory, origin: "log.example", key: key)
        var options = AuditOptions()
        options.key = try NoteKey(name: "log.example", kind: .ed25519, key: key.verificationKey)
        let source = DirectoryLog(folder: scratch("log"))
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
            let note = try SignedNote(bytes: try #require(directory.read("checkpoint")))
            options.anchors = [try Checkpoint(text: note.text)]
            #expect(try await Auditor(source: source, options: options).audit().report.verdict == .intact)
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
}
