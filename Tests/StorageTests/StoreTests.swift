import Credential
import Encoding
import Signing
@testable import Storage
import Testing
import TraceLog

/// The rules over the protocols, on every store that there is.
@Suite("A store")
struct StoreTests {
    private struct Refusal: Error {}

    private static func registry() throws -> Registry {
        try Registry(cipher: ScratchRegistry.cipher(), random: SystemRandom())
    }

    @Test(
        "keeps whole changes alone, and undoes a refused one though others share its commit",
        arguments: Backend.available)
    func changes(backend: Backend) async throws {
        let opened = try backend.open()
        let store = opened.store
        let writes = (0..<40).map { number in
            store.submit(isLine: number.isMultiple(of: 2)) { transaction in
                try transaction.insertAuditLine(uid: 0, action: "note", subject: "\(number)", detail: nil, at: 1)
                if number.isMultiple(of: 5) { throw Refusal() }
            }
        }
        for (number, write) in writes.enumerated() {
            if number.isMultiple(of: 5) {
                await #expect(throws: Refusal.self) { try await write.value() }
            } else {
                try await write.value()
            }
        }
        let lines = try store.read { try $0.auditLines(after: 0, count: 100, subject: nil) }
        #expect(Set(lines.map(\.subject)) == Set((0..<40).filter { !$0.isMultiple(of: 5) }.map { "\($0)" }))
        #expect(lines.map(\.number) == lines.map(\.number).sorted())
    }

    @Test("refuses what comes after it was closed, and finishes what came before", arguments: Backend.available)
    func closing(backend: Backend) async throws {
        let opened = try backend.open()
        let early = opened.store.submit { try $0.raiseCounter("n", to: 1) }
        try opened.store.close()
        try await early.value()
        let refusal = await #expect(throws: StorageError.self) {
            try await opened.store.write { try $0.raiseCounter("n", to: 2) }
        }
        #expect(refusal?.code == .registryUnwritable)
    }

    @Test("finds a person by number and links, and seals both", arguments: Backend.available)
    func persons(backend: Backend) async throws {
        let opened = try backend.open()
        let registry = try Self.registry()
        let identifier = try ResidentID("11010519491231002X")
        let (medical, transit) = ([UInt8](repeating: 1, count: 12), [UInt8](repeating: 2, count: 12))
        let subjects = try await opened.store.write { transaction in
            try [(medical, nil), (nil, transit)].map { medical, transit in
                try registry.registerPerson(
                    identifier, links: #require(PersonLinks(medical: medical, transit: transit)), at: 1,
                    in: transaction)
            }
        }
        #expect(Set(subjects).count == 1)
        try opened.store.read { snapshot in
            guard case .person(let links) = try registry.subject(SubjectIdentifier(subjects[0]), in: snapshot) else {
                Issue.record("no person")
                return
            }
            #expect(links.medical == medical && links.transit == transit)
            #expect(try registry.isLinked(medical: medical, transit: transit, in: snapshot))
            #expect(try registry.linkedIdentifiers(countMax: 9, in: snapshot).count == 1)
            #expect(try snapshot.sealedLinks(of: Hex.decode(subjects[0]))?.contains(medical) == false)
        }
    }

    @Test("gives each status index once, and says the reason of a revocation", arguments: Backend.available)
    func status(backend: Backend) async throws {
        let opened = try backend.open()
        let registry = try Self.registry()
        let list = StatusListReference(issuer: "SH", form: .object, day: nil)
        let indices = try await opened.store.write { transaction in
            try (0..<5000).map { _ in try registry.takeStatusIndex(in: list, in: transaction) }
        }
        #expect(Set(indices).count == 5000)
        try await opened.store.write { try registry.voidOpenBlocks(in: $0) }
        let next = try await opened.store.write { try registry.takeStatusIndex(in: list, in: $0) }
        #expect(next >= 2 * UInt64(Registry.statusBlockCount))
        let counts = try await opened.store.write { transaction in
            try (0..<2).map { _ in
                try registry.restoreRevocations(
                    [3, 9, 5000], of: list.name, reason: "lost", at: 1, in: transaction)
            }
        }
        #expect(counts == [3, 0])
        let shards = try opened.store.read { try registry.statusLists(in: $0) }
        #expect(shards.map(\.revokedCount) == [3] && shards.map(\.name) == [list.name])
    }

    @Test("appends, answers a repeated request, erases, and states heads", arguments: Backend.available)
    func log(backend: Backend) async throws {
        let opened = try backend.open()
        let log = TraceLogStore(
            registry: opened.store, fields: try ScratchRegistry.fields(),
            headsInterval: 50, headsAtOnceCountMax: 10)
        let objects = try (0..<30).map { try #require(ObjectID([UInt8](repeating: $0, count: 8))) }
        var request = EventRequest(
            object: objects[0], event: .observed(TraceEvent(timeMilliseconds: 1, step: .inspecting)), actor: "")
        request.personal = [try Opening.make(name: "inspector", value: "somebody", random: SystemRandom())]
        request.idempotency = .init(key: "k", requestDigest: [1])
        let first = try await log.append(request, at: 5)
        #expect(try await log.append(request, at: 6) == first)
        request.personal = []
        request.idempotency = nil
        for number in 1..<60 {
            request.object = objects[number % 30]
            _ = try await log.append(request, at: 7)
        }
        // The fiftieth entry made heads of 30 objects due, which is reserved for whoever publishes.
        #expect(try log.entry(50) == nil && log.entry(51) != nil && log.publishableCount() == 50)
        #expect(try log.openings(from: 0, count: 9).openings.map(\.opening.value) == ["somebody"])
        _ = try await log.erase(objects[0], index: 0, reason: "asked", actor: "", at: 8)
        #expect(try log.openings(from: 0, count: 9).openings.isEmpty)
        #expect(try log.history(objects[0]).map(\.index) == [0, 30, 61])
        try await log.stateHeads(at: 9)
        #expect(try log.count() == 62)
    }
}
